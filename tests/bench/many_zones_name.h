// How the zones that make_many_zones makes are called.
#pragma once

#include <string>

namespace quartet::tests {

// By number, from 0 on.
inline std::string ManyZonesName(int number) { return "z" + std::to_string(number) + ".test"; }

}  // namespace quartet::tests
