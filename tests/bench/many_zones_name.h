// How the zones of benchmarks are called, and what is in them.
#pragma once

#include <string>

namespace quartet::tests {

// By number, from 0 on.
inline std::string ManyZonesName(int number) { return "z" + std::to_string(number) + ".test"; }

// SOA and NS, which it has of itself, among so many record sets.
inline std::string ManyZonesFile(int record_sets) {
  std::string file = "$TTL 300\n";
  for (int i = 0; i < record_sets - 2; ++i)
    file += "h" + std::to_string(i) + " A 192.0.2." + std::to_string(i % 256) + "\n";
  return file;
}

}  // namespace quartet::tests
