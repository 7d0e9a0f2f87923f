// How much of each write-ahead log and manifest was synced, so that what was promised can't vanish unseen.
//
// RocksDB takes a record whose length runs over the end of such a file for one that a crash cut short, and drops it with all
// that comes after it. That is right for what was never synced. But damage in a length, or a file cut off, looks the same:
// synced writes would be gone without a word. So after every sync the length that is safe is noted in the file SYNCED of the
// directory, and opening compares. The note itself is not synced: after a power failure it may be older than the truth, and
// then less damage is found, but none is seen where there is none. docs/adr/0011-what-was-synced-must-be-there.md
#pragma once

#include <rocksdb/env.h>

#include <memory>
#include <string>

#include "absl/status/status.h"

namespace quartet::store {

// An environment that keeps the note for the database in `directory`, which must be there. Lives as long as the database.
std::unique_ptr<rocksdb::Env> MakeNotingEnv(const std::string& directory);

// Compares the files with the note. DATA_LOSS: a file ends before, or is damaged within, what was synced; names the file. OK
// also if there is no note, or none that can be read, or if another process has the database. Nobody of this process may
// have it open.
absl::Status CheckSyncedFiles(const std::string& directory);

}  // namespace quartet::store
