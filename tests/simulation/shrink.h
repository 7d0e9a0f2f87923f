// Makes a run that fails short: takes actions away as long as it fails in the same way.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "tests/simulation/action.h"
#include "tests/simulation/script.h"
#include "tests/simulation/truth.h"

namespace quartet::simulation {

// Two findings are of one kind if they differ in numbers and names only.
bool SameKind(const std::string& a, const std::string& b);

struct Shrunk {
  Script script;
  std::string finding;
  uint64_t runs = 0;
};

// Delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002): ever smaller
// pieces are left out, until no single action can be, or `patience` is over. Precondition: `script` fails with
// `finding`.
Shrunk Shrink(const Script& script, const std::string& finding, std::chrono::milliseconds patience);

}  // namespace quartet::simulation
