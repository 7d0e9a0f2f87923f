// What all parts of a run share.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "replication/base/log.h"
#include "tests/simulation/mutation.h"
#include "tests/simulation/truth.h"
#include "tests/simulation/world_clock.h"

namespace quartet::simulation {

// Faults are made by the thousand, and each is an error to whom it happens: above all levels of logging.
inline constexpr auto kNoLogs = static_cast<log::Level>(static_cast<int>(log::Level::kError) + 1);

struct World {
  World(uint64_t with_seed, Mutation with_mutation) : seed(with_seed), mutation(with_mutation) {}

  // Only the first finding counts: what comes after it may be its consequence.
  void Check(Finding what) {
    if (!what.has_value() || finding.has_value()) return;
    finding = std::move(what);
    found_us = clock.now();
  }
  // Something happened that a scenario may want to have seen.
  void Saw(absl::string_view what) { ++seen[std::string(what)]; }
  bool Is(Mutation one) const { return mutation == one; }

  const uint64_t seed;
  const Mutation mutation;
  WorldClock clock;
  Truth truth;
  // What the last entries made INSYNC, for the checks of what nodes serve.
  std::vector<Timeline::Proven> proven;
  // The state that the controller has was restored, and its operator has not confirmed it.
  bool unconfirmed = false;
  std::map<std::string, uint64_t> seen;
  Finding finding;
  int64_t found_us = 0;
};

}  // namespace quartet::simulation
