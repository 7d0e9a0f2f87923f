// Where RocksDB's own messages go.
#pragma once

#include <rocksdb/env.h>

#include <memory>
#include <string>

namespace quartet::store {

// Warnings and errors, appended to the file LOG in `directory`; beyond 1 MiB it becomes LOG.old, in that one's place. What can't
// be written is dropped: RocksDB's own logger takes a message after one that failed for a broken invariant, and ends the process
// of whoever has a disk that takes no writes.
std::shared_ptr<rocksdb::Logger> MakeMessageFile(const std::string& directory);

// Nowhere.
std::shared_ptr<rocksdb::Logger> MakeNoMessages();

}  // namespace quartet::store
