#include "controller/backup/restore_place.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/backup/files.h"

namespace quartet::controller {
namespace {

namespace fs = std::filesystem;

absl::Status CheckFree(const std::string& data) {
  std::error_code error;
  const fs::file_status there = fs::symlink_status(data, error);
  if (there.type() == fs::file_type::not_found) return absl::OkStatus();
  if (fs::is_directory(there) && fs::is_empty(data, error) && !error) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "there is something in ", data,
      " already, and a restore overwrites nothing: move it away, or name another directory with --data"));
}

std::string WithoutSlash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RestorePlace>> RestorePlace::Create(const std::string& data) {
  const std::string target = WithoutSlash(data);
  if (absl::Status free = CheckFree(target); !free.ok()) return free;
  const std::string path = target + ".restoring";
  if (absl::Status made = MakeDirectory(path); !made.ok() && !absl::IsAlreadyExists(made)) return made;
  const int lock = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0) return FileError("open", path, errno);
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    close(lock);
    return absl::FailedPreconditionError(absl::StrCat("another process restores in ", path, " at present"));
  }
  std::unique_ptr<RestorePlace> place(new RestorePlace(target, path, lock));
  std::error_code error;
  for (const auto& left : fs::directory_iterator(path, error)) {
    if (!error) fs::remove_all(left.path(), error);
  }
  if (error) return FileError("clean up", path, error.value());
  return place;
}

RestorePlace::~RestorePlace() {
  std::error_code ignored;
  if (!moved_) fs::remove_all(path_, ignored);
  close(lock_);
}

absl::Status RestorePlace::CheckRoom(uint64_t bytes) const {
  struct statvfs space = {};
  if (statvfs(path_.c_str(), &space) != 0) return absl::OkStatus();
  const uint64_t free = static_cast<uint64_t>(space.f_bavail) * space.f_frsize;
  if (free >= bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("the restore needs ", (bytes >> 20) + 1, " MiB at ", path_,
                                                   ", and ", free >> 20, " MiB are free there: make room"));
}

absl::Status RestorePlace::Move() {
  absl::Status status = SyncDirectory(path_);
  if (!status.ok()) return status;
  // Over an empty directory too; over anything else it fails.
  if (std::rename(path_.c_str(), data_.c_str()) != 0) {
    const int error = errno;
    if (error == EBUSY) {
      return absl::FailedPreconditionError(
          absl::StrCat(data_, " is where a disk is mounted: name a directory below it with --data"));
    }
    return FileError("give what was restored its name,", data_, error);
  }
  moved_ = true;
  return SyncDirectory(ParentOf(data_));
}

}  // namespace quartet::controller
