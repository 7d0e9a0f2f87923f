#include "replication/store/rocks_status.h"

#include <cerrno>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "replication/store/rocks_directory.h"

namespace quartet::store {

namespace {

absl::Status HeldError(const std::string& directory, absl::string_view message) {
  // RocksDB says so where the lock is this process' own. Only then looking who holds it must not be tried.
  const bool own =
      absl::StrContains(message, "current process") || absl::StrContains(message, "already held");
  const std::string who = own ? " (this process itself)" : LockHolder(directory);
  return absl::FailedPreconditionError(absl::StrCat("the database in ", directory,
                                                    " is in use by another one", who,
                                                    ": stop that one, or name another directory"));
}

}  // namespace

bool IsNoSpace(const rocksdb::Status& status) {
  return status.IsNoSpace() || absl::StrContains(status.ToString(), "Disk quota exceeded");
}

absl::Status DiskFull(const std::string& directory, absl::string_view why) {
  return absl::ResourceExhaustedError(
      absl::StrCat("the disk of ", directory, " is full", FreeSpace(directory),
                   ": make room there, writing then goes on by itself; ", why));
}

// A file that is named in the manifest and is not there is lost data too.
bool IsDamage(const rocksdb::Status& status) {
  return status.IsCorruption() || status.IsPathNotFound() ||
         absl::StrContains(status.ToString(), "No such file");
}

absl::Status ReadError(const std::string& directory, const rocksdb::Status& status) {
  if (IsDamage(status)) {
    return absl::DataLossError(
        absl::StrCat("damaged bytes in the database in ", directory, ": ", status.ToString()));
  }
  return absl::UnavailableError(
      absl::StrCat("can't read the database in ", directory, ": ", status.ToString()));
}

absl::Status WriteError(const std::string& directory, const rocksdb::Status& status) {
  if (IsNoSpace(status)) return DiskFull(directory, status.ToString());
  // Found by a compaction or a flush; RocksDB takes no write any more.
  if (IsDamage(status)) {
    return absl::DataLossError(
        absl::StrCat("damaged bytes in the database in ", directory, ": ", status.ToString()));
  }
  return absl::UnavailableError(absl::StrCat("can't write the database in ", directory, ": ",
                                             status.ToString(),
                                             "; see to the cause, then restart this process"));
}

absl::Status CheckpointError(const std::string& directory, const rocksdb::Status& status) {
  if (IsNoSpace(status)) return DiskFull(directory, status.ToString());
  return absl::UnavailableError(
      absl::StrCat("can't make a checkpoint in ", directory, ": ", status.ToString()));
}

absl::Status OpenError(const std::string& directory, const rocksdb::Status& status) {
  const std::string message = status.ToString();
  if (IsNoSpace(status)) return DiskFull(directory, status.ToString());
  if (absl::StrContains(message, "lock") && absl::StrContains(message, "/LOCK"))
    return HeldError(directory, message);
  if (absl::StrContains(message, "Permission denied"))
    return FileError(directory, EACCES, "open the database in");
  if (IsDamage(status)) {
    return absl::DataLossError(
        absl::StrCat("the database in ", directory, " is damaged; nothing was changed there: ", message));
  }
  if (status.IsInvalidArgument() || status.IsNotSupported()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the database in ", directory, " was made by another version: ", message));
  }
  return absl::UnavailableError(absl::StrCat("can't open the database in ", directory, ": ", message));
}

}  // namespace quartet::store
