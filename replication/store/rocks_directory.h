// The directory of a RocksDB: is it usable, and if not, what the operator has to do.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::store {

// Whether `directory` lacks what a database has: files of one. True if it is not there.
bool HoldsNoDatabase(const std::string& directory);

// Makes `directory` (mode 0700) and its parents if absent, and sees that it may be used. PERMISSION_DENIED,
// RESOURCE_EXHAUSTED, FAILED_PRECONDITION (no directory), DATA_LOSS: files of a database without the one that
// says which are current. RocksDB would take such a directory for a new one, and remove them.
absl::Status PrepareDirectory(const std::string& directory);

// Who holds the database in `directory`: " (process 123)", or empty if that can't be told. Must not be called
// while this process holds it: looking would release its lock.
std::string LockHolder(const std::string& directory);

// Bytes that may still be written there; the highest number if that can't be told.
uint64_t FreeBytes(const std::string& directory);

// Bytes that may still be written beside the database in `directory`. DATA_LOSS: it is not there any more.
absl::StatusOr<uint64_t> FreeBytesOfDatabase(const std::string& directory);

// Whether `directory` lies on a disk that is mounted for reading only.
bool IsReadOnlyDisk(const std::string& directory);

// " (12 MiB free)", or empty.
std::string FreeSpace(const std::string& directory);

// The status for an error number of a file operation on `directory`, with what to do.
absl::Status FileError(const std::string& directory, int error, absl::string_view operation);

}  // namespace quartet::store
