// The entries of a backup, applied to a copy of its checkpoint: what a controller does with them, done again.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/backup/entries.h"
#include "replication/base/position.h"
#include "replication/store/store.h"

namespace quartet::controller {

struct Replayed {
  replication::Position head;
  // Applied; those that the checkpoint held already are not counted.
  uint64_t entries = 0;
};

// Appends `entries` to the log in `replica` and applies them, in groups of a synced write each. Those it holds already are
// passed over. DATA_LOSS: `replica` holds no log, or not the one that they go on from; or an entry does not make of it what
// it says.
absl::StatusOr<Replayed> ReplayEntries(store::Store& replica, EntriesReader& entries);

}  // namespace quartet::controller
