#include "controller/backup/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"

namespace quartet::controller {

absl::Status FileError(absl::string_view what, const std::string& path, int error) {
  const std::string message = absl::StrCat("can't ", what, " ", path, ": ", std::strerror(error));
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(absl::StrCat(message, "; make room there, and try again"));
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(absl::StrCat(message, "; run this as the user who may write there"));
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(message);
    case EEXIST:
    case ENOTEMPTY:
      return absl::AlreadyExistsError(message);
    default:
      return absl::UnavailableError(message);
  }
}

absl::StatusOr<NewFile> NewFile::Create(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return FileError("make", path, errno);
  return NewFile(path, file);
}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}

NewFile::~NewFile() {
  if (file_ >= 0) close(file_);
}

absl::Status NewFile::Write(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FileError("write", path_, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status NewFile::Sync() {
  if (fsync(file_) != 0) return FileError("write", path_, errno);
  if (close(std::exchange(file_, -1)) != 0) return FileError("write", path_, errno);
  return absl::OkStatus();
}

absl::StatusOr<OldFile> OldFile::Open(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return FileError("read", path, errno);
  return OldFile(path, file);
}

OldFile::OldFile(OldFile&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}

OldFile::~OldFile() {
  if (file_ >= 0) close(file_);
}

absl::StatusOr<uint64_t> OldFile::Size() const {
  struct stat stat = {};
  if (fstat(file_, &stat) != 0) return FileError("read", path_, errno);
  return static_cast<uint64_t>(stat.st_size);
}

absl::StatusOr<std::string> OldFile::Read(size_t bytes) {
  std::string out(bytes, '\0');
  size_t size = 0;
  while (size < bytes) {
    const ssize_t got = read(file_, out.data() + size, bytes - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError("read", path_, errno);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  out.resize(size);
  return out;
}

absl::Status MakeDirectory(const std::string& path) {
  return mkdir(path.c_str(), 0700) == 0 ? absl::OkStatus() : FileError("make", path, errno);
}

absl::Status SyncDirectory(const std::string& path) {
  const int directory = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return FileError("open", path, errno);
  const int synced = fsync(directory);
  const int error = errno;
  close(directory);
  return synced == 0 ? absl::OkStatus() : FileError("sync", path, error);
}

std::string ParentOf(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

}  // namespace quartet::controller
