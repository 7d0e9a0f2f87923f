// A run written down: a seed, its actions, and what has to have happened by their end.
//
//   # What it is about.
//   seed 17
//   mutation skip-cursor-rule      (where it is of one)
//   create zone 1 salt 5
//   advance ms 100
//   saw welcome, inventory         (what the world counted must be there: World::Saw)
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/simulation/action.h"
#include "tests/simulation/cluster.h"
#include "tests/simulation/mutation.h"

namespace quartet::simulation {

struct Script {
  std::string comment;
  uint64_t seed = 1;
  Mutation mutation = Mutation::kNone;
  Actions actions;
  std::vector<std::string> saw;
};

// INVALID_ARGUMENT: says which line is wrong.
absl::StatusOr<Script> ParseScript(absl::string_view text);
std::string ToString(const Script& script);

// Plays it. A finding, or what it did not see.
Finding Play(const Script& script);

}  // namespace quartet::simulation
