// What RocksDB's statuses mean to the operator: which directory, what happened, what to do.
#pragma once

#include <rocksdb/status.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace quartet::store {

// The disk, or the user's share of it, is full.
bool IsNoSpace(const rocksdb::Status& status);

// RESOURCE_EXHAUSTED.
absl::Status DiskFull(const std::string& directory, absl::string_view why);

// Files, or bytes in them, are not as they were written.
bool IsDamage(const rocksdb::Status& status);

// DATA_LOSS or UNAVAILABLE.
absl::Status ReadError(const std::string& directory, const rocksdb::Status& status);
// RESOURCE_EXHAUSTED, DATA_LOSS or UNAVAILABLE.
absl::Status WriteError(const std::string& directory, const rocksdb::Status& status);
// RESOURCE_EXHAUSTED or UNAVAILABLE.
absl::Status CheckpointError(const std::string& directory, const rocksdb::Status& status);
// Those of OpenRocksStore.
absl::Status OpenError(const std::string& directory, const rocksdb::Status& status);

}  // namespace quartet::store
