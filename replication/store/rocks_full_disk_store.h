// A database found on a disk that is full, or mounted for reading only: readable at once, writable as soon as the disk takes
// writes.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "replication/store/store.h"

namespace quartet::store {

using OpenForWritingFn = std::function<absl::StatusOr<std::unique_ptr<Store>>()>;

// Opens the database in `directory` for reading only. Its first write that `open_for_writing` succeeds for goes there, as
// does everything after it; until then writes get that function's error. `why` is why it can't be opened for writing now,
// and is returned if there is no database to read.
absl::StatusOr<std::unique_ptr<Store>> OpenOnFullDisk(const std::string& directory, const absl::Status& why,
                                                      OpenForWritingFn open_for_writing);

}  // namespace quartet::store
