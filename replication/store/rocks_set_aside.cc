#include <rocksdb/env.h>

#include <filesystem>
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

absl::Status RemoveOlder(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> older;
  for (const auto& file : fs::directory_iterator(directory, error)) {
    if (absl::StartsWith(file.path().filename().string(), kPrefix)) older.push_back(file.path());
  }
  for (const fs::path& path : older) {
    if (!error) fs::remove_all(path, error);
  }
  return error ? FileError(directory.string(), error.value(), "clean up") : absl::OkStatus();
}

// Bytes moved.
absl::StatusOr<uint64_t> MoveAll(const fs::path& directory, const fs::path& into) {
  std::error_code error;
  fs::create_directory(into, error);
  std::vector<fs::path> files;
  if (!error) {
    for (const auto& file : fs::directory_iterator(directory, error)) {
      if (file.is_regular_file() && file.path().filename() != "LOCK") files.push_back(file.path());
    }
  }
  uint64_t bytes = 0;
  for (const fs::path& file : files) {
    std::error_code ignored;
    bytes += fs::file_size(file, ignored);
    if (!error) fs::rename(file, into / file.filename(), error);
  }
  if (error) return FileError(directory.string(), error.value(), "move the files of");
  return bytes;
}

absl::StatusOr<std::string> MoveAside(const std::string& directory, int64_t unix_seconds) {
  if (absl::Status removed = RemoveOlder(directory); !removed.ok()) return removed;
  const fs::path into = fs::path(directory) / absl::StrCat(kPrefix, unix_seconds);
  const absl::StatusOr<uint64_t> bytes = MoveAll(directory, into);
  if (!bytes.ok()) return bytes.status();
  if (FreeBytes(directory) >= *bytes + kSpareBytes) return into.string();
  if (absl::Status removed = RemoveOlder(directory); !removed.ok()) return removed;
  return std::string();
}

}  // namespace

absl::StatusOr<std::string> SetAside(const std::string& directory, int64_t unix_seconds) {
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

}  // namespace quartet::store
