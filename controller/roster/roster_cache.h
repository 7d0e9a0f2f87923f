// The roster for many plans in a row: read once, until something moves it.
#pragma once

#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "controller/roster/roster.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Not thread-safe.
class RosterCache {
 public:
  // As ReadRoster; lives until Forget. `view` shows what it showed at the last call, as far as the roster goes, or Forget
  // was called since.
  absl::StatusOr<const Roster*> Read(const store::Reader& view) {
    if (!roster_.has_value()) {
      absl::StatusOr<Roster> roster = ReadRoster(view);
      if (!roster.ok()) return roster.status();
      roster_ = *std::move(roster);
    }
    return &*roster_;
  }
  void Forget() { roster_.reset(); }

 private:
  std::optional<Roster> roster_;
};

}  // namespace quartet::controller
