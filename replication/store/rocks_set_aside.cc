#include <rocksdb/env.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "replication/store/rocks_directory.h"
#include "replication/store/set_aside.h"

namespace quartet::store {
namespace {

namespace fs = std::filesystem;

constexpr char kPrefix[] = "damaged-";
// Room a new database needs beside a copy of what the old one held.
constexpr uint64_t kSpareBytes = 64 << 20;

std::vector<fs::path> KeptIn(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> kept;
  for (const auto& file : fs::directory_iterator(directory, error)) {
    if (absl::StartsWith(file.path().filename().string(), kPrefix)) kept.push_back(file.path());
  }
  return kept;
}

absl::Status RemoveKept(const fs::path& directory) {
  std::error_code error;
  for (const fs::path& path : KeptIn(directory)) {
    if (!error) fs::remove_all(path, error);
  }
  return error ? FileError(directory.string(), error.value(), "clean up") : absl::OkStatus();
}

// All of a database, but what keeps others out of it.
absl::StatusOr<std::vector<fs::path>> FilesIn(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(directory, error)) {
    if (file.is_regular_file(error) && file.path().filename() != "LOCK") files.push_back(file.path());
  }
  if (error) return FileError(directory.string(), error.value(), "read");
  return files;
}

// Bytes moved.
absl::StatusOr<uint64_t> MoveAll(const fs::path& directory, const fs::path& into) {
  const absl::StatusOr<std::vector<fs::path>> files = FilesIn(directory);
  if (!files.ok()) return files.status();
  std::error_code error;
  fs::create_directory(into, error);
  uint64_t bytes = 0;
  for (const fs::path& file : *files) {
    std::error_code ignored;
    bytes += fs::file_size(file, ignored);
    if (!error) fs::rename(file, into / file.filename(), error);
  }
  if (error) return FileError(directory.string(), error.value(), "move the files of");
  return bytes;
}

// Remains of one that was lost, or never made.
absl::StatusOr<std::string> RemoveRemains(const std::string& directory) {
  const absl::StatusOr<std::vector<fs::path>> files = FilesIn(directory);
  if (!files.ok()) return files.status();
  std::error_code error;
  for (const fs::path& file : *files) {
    if (!error) fs::remove(file, error);
  }
  if (error) return FileError(directory, error.value(), "clean up");
  return FindSetAside(directory);
}

absl::StatusOr<std::string> MoveAside(const std::string& directory, int64_t unix_seconds) {
  if (HoldsNoDatabase(directory)) return RemoveRemains(directory);
  if (absl::Status removed = RemoveKept(directory); !removed.ok()) return removed;
  const fs::path into = fs::path(directory) / absl::StrCat(kPrefix, unix_seconds);
  const absl::StatusOr<uint64_t> bytes = MoveAll(directory, into);
  if (!bytes.ok()) return bytes.status();
  if (FreeBytes(directory) >= *bytes + kSpareBytes) return into.string();
  if (absl::Status removed = RemoveKept(directory); !removed.ok()) return removed;
  return std::string();
}

}  // namespace

absl::StatusOr<std::string> SetAside(const std::string& directory, int64_t unix_seconds) {
  std::error_code error;
  if (!fs::exists(directory, error) && !error) return std::string();
  rocksdb::FileLock* lock = nullptr;
  const rocksdb::Status locked = rocksdb::Env::Default()->LockFile(directory + "/LOCK", &lock);
  if (!locked.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("can't take the database in ", directory, ": ", locked.ToString()));
  }
  absl::StatusOr<std::string> moved = MoveAside(directory, unix_seconds);
  rocksdb::Env::Default()->UnlockFile(lock);
  return moved;
}

std::string FindSetAside(const std::string& directory) {
  const std::vector<fs::path> kept = KeptIn(directory);
  return kept.empty() ? "" : std::max_element(kept.begin(), kept.end())->string();
}

}  // namespace quartet::store
