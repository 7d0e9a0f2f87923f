// Ids of zones that no controller has given one.
#pragma once

#include <cstddef>
#include <string>

namespace quartet::nameserver {

// Of the zone with this number: "Z1000000000000" is the first's. 14 bytes, as all ids of zones.
inline std::string StandaloneZoneId(size_t number) {
  return "Z" + std::to_string(1'000'000'000'000 + number);
}

}  // namespace quartet::nameserver
