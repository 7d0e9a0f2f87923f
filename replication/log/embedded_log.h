// The log inside a replica's own store: the default, for one controller.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "replication/log/log.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Opens the log that `store` holds; makes an empty one of epoch `new_epoch` if it holds none. `store` must
// outlive it. DATA_LOSS: the log in it contradicts itself. Keys: docs/formats/replica.md.
absl::StatusOr<std::unique_ptr<Log>> OpenEmbeddedLog(store::Store& store, uint64_t new_epoch);

}  // namespace quartet::replication
