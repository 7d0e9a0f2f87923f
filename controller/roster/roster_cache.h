// The roster for many plans in a row: read once, until something moves it.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "controller/roster/roster.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Not thread-safe.
class RosterCache {
 public:
  // As ReadRoster. `view` shows what it showed at the last call, as far as the roster goes, or Forget was called since.
  absl::StatusOr<std::shared_ptr<const Roster>> Read(const store::Reader& view) {
    if (roster_ == nullptr) {
      absl::StatusOr<Roster> roster = ReadRoster(view);
      if (!roster.ok()) return roster.status();
      roster_ = std::make_shared<const Roster>(*std::move(roster));
    }
    return roster_;
  }
  void Forget() { roster_ = nullptr; }

 private:
  std::shared_ptr<const Roster> roster_;
};

}  // namespace quartet::controller
