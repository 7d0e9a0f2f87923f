// Reading a RocksDB, as of now or as of a snapshot. Directories are for messages and must outlive the objects
// here.
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "replication/store/store.h"

namespace quartet::store {

// `snapshot` may be nullptr: as of now.
absl::StatusOr<std::optional<std::string>> RocksGet(const std::string& directory, rocksdb::DB& db,
                                                    const rocksdb::Snapshot* snapshot, absl::string_view key);
std::unique_ptr<Iterator> RocksScan(const std::string& directory, rocksdb::DB& db,
                                    const rocksdb::Snapshot* snapshot, absl::string_view begin,
                                    absl::string_view end);
std::unique_ptr<Reader> MakeRocksSnapshot(const std::string& directory, rocksdb::DB& db);

}  // namespace quartet::store
