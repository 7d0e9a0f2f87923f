#include "controller/imports/spool.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace quartet::controller {
namespace {

constexpr absl::string_view kFilePrefix = "text-";
constexpr size_t kBuffer = 256 << 10;
constexpr size_t kReadAhead = 64 << 10;
// How much of a text stays in memory behind its reader, at most.
constexpr size_t kReleaseEvery = 1 << 20;

absl::Status Failed(absl::string_view what, int error) {
  const std::string message = absl::StrCat("the controller's spool: ", what, ": ", std::strerror(error));
  if (error == ENOSPC || error == EDQUOT || error == EMFILE) return absl::ResourceExhaustedError(message);
  return absl::UnavailableError(message);
}

// Files of a process that ended between making one and taking its name away.
void RemoveLeftOver(const std::string& directory) {
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(directory, error)) {
    if (absl::StartsWith(file.path().filename().string(), kFilePrefix)) unlink(file.path().c_str());
  }
}

absl::Status WriteAll(int descriptor, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("can't write", errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Spool>> Spool::Open(const std::string& directory, const Limits& limits) {
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return Failed(absl::StrCat("can't make ", directory), errno);
  }
  RemoveLeftOver(directory);
  return std::unique_ptr<Spool>(new Spool(directory, limits));
}

absl::StatusOr<std::unique_ptr<SpoolFile>> Spool::Create() {
  // O_TMPFILE would never have a name, but not every file system has it.
  std::string path = absl::StrCat(directory_, "/", kFilePrefix, "XXXXXX");
  const int descriptor = mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) return Failed(absl::StrCat("can't make a file in ", directory_), errno);
  unlink(path.c_str());
  return std::unique_ptr<SpoolFile>(new SpoolFile(*this, descriptor));
}

absl::Status Spool::Take(uint64_t bytes) {
  struct statvfs disk = {};
  if (statvfs(directory_.c_str(), &disk) != 0) return Failed("can't look at the disk", errno);
  if (uint64_t{disk.f_bavail} * disk.f_frsize < limits_.keep_free + bytes) {
    return absl::ResourceExhaustedError(absl::StrCat("the controller's disk is full: an import leaves ",
                                                     limits_.keep_free >> 20, " MiB free for the log"));
  }
  if (bytes_.fetch_add(bytes) + bytes > limits_.bytes) {
    bytes_ -= bytes;
    return absl::ResourceExhaustedError(absl::StrCat("no room in the spool: the imports under way may take ",
                                                     limits_.bytes >> 20,
                                                     " MiB together; try again when one of them has ended"));
  }
  return absl::OkStatus();
}

SpoolFile::~SpoolFile() {
  close(descriptor_);
  spool_.bytes_ -= written_;
}

absl::Status SpoolFile::Append(absl::string_view bytes) {
  buffer_.append(bytes.data(), bytes.size());
  return buffer_.size() < kBuffer ? absl::OkStatus() : Flush();
}

absl::Status SpoolFile::Flush() {
  if (buffer_.empty()) return absl::OkStatus();
  if (absl::Status status = spool_.Take(buffer_.size()); !status.ok()) return status;
  // It counts from now on, written or not.
  written_ += buffer_.size();
  absl::Status status = WriteAll(descriptor_, buffer_);
  buffer_.clear();
  return status;
}

absl::StatusOr<absl::string_view> SpoolReader::Read(size_t count) {
  while (buffer_.size() - position_ < count) {
    buffer_.erase(0, position_);
    position_ = 0;
    const size_t kept = buffer_.size();
    const uint64_t wanted = std::min<uint64_t>(end_ - next_, std::max(kReadAhead, count - kept));
    buffer_.resize(kept + wanted);
    const ssize_t got =
        wanted == 0 ? 0 : pread(file_->descriptor_, buffer_.data() + kept, wanted, static_cast<off_t>(next_));
    buffer_.resize(kept + static_cast<size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed("can't read", errno);
    if (got == 0) return absl::DataLossError("the controller's spool: a file ends too early");
    next_ += static_cast<uint64_t>(got);
  }
  const absl::string_view bytes = absl::string_view(buffer_).substr(position_, count);
  position_ += count;
  return bytes;
}

absl::StatusOr<std::unique_ptr<SpoolText>> SpoolText::Of(const SpoolFile& file) {
  const size_t size = file.written_;
  if (size == 0) return std::unique_ptr<SpoolText>(new SpoolText(nullptr, 0));
  void* data = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.descriptor_, 0);
  if (data == MAP_FAILED) return Failed("can't map a file", errno);
  return std::unique_ptr<SpoolText>(new SpoolText(static_cast<char*>(data), size));
}

SpoolText::~SpoolText() {
  if (data_ != nullptr) munmap(data_, size_);
}

void SpoolText::Release(size_t offset) {
  const size_t until = offset / kReleaseEvery * kReleaseEvery;
  if (until <= released_) return;
  madvise(data_ + released_, until - released_, MADV_DONTNEED);
  released_ = until;
}

}  // namespace quartet::controller
