#include "nameserver/standalone/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "replication/store/rocks_store.h"

namespace quartet::nameserver {
namespace {

absl::Status Error(const std::string& path, absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(path, ": ", what));
}

absl::Status RemoveAll(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  return error ? Error(path, error.message()) : absl::OkStatus();
}

absl::Status MakeFolder(const std::string& directory) {
  std::error_code error;
  if (std::filesystem::create_directories(directory, error)) {
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  }
  return error ? Error(directory, error.message()) : absl::OkStatus();
}

}  // namespace

DataDirectory::DataDirectory(std::string directory, FileDescriptor lock)
    : directory_(std::move(directory)),
      zones_(directory_ + "/zones"),
      new_(directory_ + "/zones.new"),
      lock_(std::move(lock)) {}

absl::StatusOr<DataDirectory> DataDirectory::Open(const std::string& directory) {
  if (absl::Status made = MakeFolder(directory); !made.ok()) return made;
  if (std::filesystem::exists(directory + "/CURRENT")) {
    return absl::FailedPreconditionError(
        absl::StrCat(directory, " is the database of a node or a controller; name another directory"));
  }
  const std::string path = directory + "/lock";
  FileDescriptor lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.valid()) return Error(path, std::strerror(errno));
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Error(path, std::strerror(errno));
    return absl::FailedPreconditionError(absl::StrCat(directory, " is used by another process"));
  }
  DataDirectory data(directory, std::move(lock));
  if (absl::Status removed = RemoveAll(data.new_); !removed.ok()) return removed;
  return data;
}

absl::StatusOr<std::unique_ptr<store::Store>> DataDirectory::OpenReplica() const {
  if (!std::filesystem::exists(zones_)) return absl::NotFoundError(absl::StrCat(zones_, " is not there"));
  return store::OpenRocksStore(zones_, {.create = false});
}

absl::StatusOr<std::unique_ptr<store::Store>> DataDirectory::BeginReplica() const {
  if (absl::Status removed = RemoveAll(new_); !removed.ok()) return removed;
  return store::OpenRocksStore(new_);
}

absl::Status DataDirectory::TakeReplica() const {
  if (absl::Status removed = RemoveAll(zones_); !removed.ok()) return removed;
  if (rename(new_.c_str(), zones_.c_str()) != 0) return Error(new_, std::strerror(errno));
  return SyncFolder();
}

absl::Status DataDirectory::SyncFolder() const {
  const FileDescriptor folder(open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || fsync(folder.get()) != 0) return Error(directory_, std::strerror(errno));
  return absl::OkStatus();
}

}  // namespace quartet::nameserver
