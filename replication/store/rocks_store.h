// A Store in RocksDB. The only header of the project behind which RocksDB stands.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "replication/store/store.h"

namespace quartet::store {

struct RocksOptions {
  size_t block_cache_bytes = 32 << 20;
  size_t write_buffer_bytes = 16 << 20;
  // Writes are refused as on a full disk while less than this is free: room for two tables, so that what is
  // in memory can always be moved to the disk.
  size_t reserve_bytes = 32 << 20;
  // Threads for flushes and compactions, of low priority.
  int background_threads = 1;
  // Make the directory and the database if there is none.
  bool create = true;
};

// Opens or creates the database in `directory` (made if absent, mode 0700). Errors say which directory and
// what to do: FAILED_PRECONDITION: another process holds it; DATA_LOSS: it is corrupt (and is left as it is);
// RESOURCE_EXHAUSTED: disk full, and there is no database to read; PERMISSION_DENIED; NOT_FOUND: there is none, and none is
// to be made.
//
// A database that is there is opened on a full disk, and on one that is mounted for reading only, too: it can be read, and
// writes are refused (RESOURCE_EXHAUSTED, PERMISSION_DENIED) until there is room, or it is mounted for writing.
absl::StatusOr<std::unique_ptr<Store>> OpenRocksStore(const std::string& directory,
                                                      const RocksOptions& options = {});

}  // namespace quartet::store
