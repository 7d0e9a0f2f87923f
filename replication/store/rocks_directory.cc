#include "replication/store/rocks_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace quartet::store {

namespace {

namespace fs = std::filesystem;

// The directory itself with mode 0700: zones and keys are nobody else's business.
absl::Status MakeDirectory(const std::string& directory) {
  std::error_code error;
  const fs::path parent = fs::path(directory).parent_path();
  if (!parent.empty()) fs::create_directories(parent, error);
  if (error) return FileError(directory, error.value(), "make");
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return FileError(directory, errno, "make");
  if (!fs::is_directory(directory, error)) {
    return absl::FailedPreconditionError(absl::StrCat(directory, " is no directory: name another one"));
  }
  return absl::OkStatus();
}

// Table files and write-ahead logs: what holds data.
bool HoldsData(const fs::path& file) { return file.extension() == ".sst" || file.extension() == ".log"; }

// OK also where there is no database at all.
absl::Status CheckCurrent(const std::string& directory) {
  std::error_code error;
  if (fs::exists(fs::path(directory) / "CURRENT", error)) return absl::OkStatus();
  fs::directory_iterator files(directory, error);
  if (error) return FileError(directory, error.value(), "read");
  if (std::none_of(fs::begin(files), fs::end(files),
                   [](const auto& file) { return HoldsData(file.path()); })) {
    return absl::OkStatus();
  }
  return absl::DataLossError(
      absl::StrCat("the database in ", directory, " has lost its file CURRENT; nothing was changed there"));
}

}  // namespace

absl::Status FileError(const std::string& directory, int error, absl::string_view operation) {
  const std::string what = absl::StrCat("can't ", operation, " ", directory, ": ", std::strerror(error));
  switch (error) {
    case EACCES:
    case EPERM:
      return absl::PermissionDeniedError(
          absl::StrCat(what, ": give user ", geteuid(), " the right to read and write there"));
    case EROFS:
      return absl::PermissionDeniedError(
          absl::StrCat(what, ": mount it for writing, or name another directory"));
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(absl::StrCat(what, FreeSpace(directory), ": make room there"));
    case ENOTDIR:
      return absl::FailedPreconditionError(absl::StrCat(what, ": name another directory"));
    default:
      return absl::UnavailableError(what);
  }
}

namespace {

// RocksDB ends the process where it finds the disk full while it opens. It needs room for the write-ahead
// logs' records as tables, and for some small files.
absl::Status CheckRoomToOpen(const std::string& directory) {
  constexpr uint64_t kSmallFiles = 1 << 20;
  uint64_t needed = kSmallFiles;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(directory, error)) {
    if (file.path().extension() == ".log") needed += file.file_size(error);
  }
  if (error) return FileError(directory, error.value(), "read");
  if (FreeBytes(directory) >= needed) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("the disk of ", directory, " is full", FreeSpace(directory),
                   ": opening the database there needs ", needed >> 20, " MiB"));
}

}  // namespace

bool HoldsNoDatabase(const std::string& directory) {
  std::error_code error;
  return fs::is_empty(directory, error) || error == std::errc::no_such_file_or_directory ||
         (!error && !fs::exists(fs::path(directory) / "CURRENT", error) && CheckCurrent(directory).ok());
}

absl::Status PrepareDirectory(const std::string& directory) {
  if (auto status = MakeDirectory(directory); !status.ok()) return status;
  if (faccessat(AT_FDCWD, directory.c_str(), R_OK | W_OK | X_OK, AT_EACCESS) != 0)
    return FileError(directory, errno, "use");
  if (auto status = CheckCurrent(directory); !status.ok()) return status;
  return CheckRoomToOpen(directory);
}

std::string LockHolder(const std::string& directory) {
  const int file = open((directory + "/LOCK").c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return "";
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool held = fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close(file);
  return held ? absl::StrCat(" (process ", lock.l_pid, ")") : "";
}

uint64_t FreeBytes(const std::string& directory) {
  struct statvfs space = {};
  if (statvfs(directory.c_str(), &space) != 0) return std::numeric_limits<uint64_t>::max();
  return static_cast<uint64_t>(space.f_bavail) * space.f_frsize;
}

absl::StatusOr<uint64_t> FreeBytesOfDatabase(const std::string& directory) {
  struct statvfs space = {};
  if (statvfs((directory + "/CURRENT").c_str(), &space) == 0) {
    return static_cast<uint64_t>(space.f_bavail) * space.f_frsize;
  }
  if (errno != ENOENT) return std::numeric_limits<uint64_t>::max();
  return absl::DataLossError(absl::StrCat("the database in ", directory, " was removed while it was in use"));
}

bool IsReadOnlyDisk(const std::string& directory) {
  struct statvfs space = {};
  return statvfs(directory.c_str(), &space) == 0 && (space.f_flag & ST_RDONLY) != 0;
}

std::string FreeSpace(const std::string& directory) {
  const uint64_t free = FreeBytes(directory);
  if (free == std::numeric_limits<uint64_t>::max()) return "";
  return absl::StrCat(" (", free >> 20, " MiB free)");
}

}  // namespace quartet::store
