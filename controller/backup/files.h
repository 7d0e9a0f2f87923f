// Files of backups and restores: written whole, synced, and never over what is there.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::controller {

// The status of a file operation that failed, with the path and what to do. RESOURCE_EXHAUSTED: the disk is full;
// PERMISSION_DENIED, NOT_FOUND, ALREADY_EXISTS; else UNAVAILABLE.
absl::Status FileError(absl::string_view what, const std::string& path, int error);

// A file that is being written. Not thread-safe.
class NewFile {
 public:
  // Mode 0600. ALREADY_EXISTS.
  static absl::StatusOr<NewFile> Create(const std::string& path);
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  // What was not synced may be lost.
  ~NewFile();

  absl::Status Write(absl::string_view bytes);
  // On return all of it survives a crash (its name does once SyncDirectory has been called), and it is closed.
  absl::Status Sync();

 private:
  NewFile(std::string path, int file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  int file_;
};

// A file that is being read from its begin. Not thread-safe.
class OldFile {
 public:
  static absl::StatusOr<OldFile> Open(const std::string& path);
  OldFile(OldFile&& other) noexcept;
  OldFile& operator=(OldFile&&) = delete;
  ~OldFile();

  const std::string& path() const { return path_; }
  absl::StatusOr<uint64_t> Size() const;
  // The next `bytes` bytes; fewer only at the end.
  absl::StatusOr<std::string> Read(size_t bytes);

 private:
  OldFile(std::string path, int file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  int file_;
};

// Mode 0700; parents have to be there. ALREADY_EXISTS.
absl::Status MakeDirectory(const std::string& path);
// Makes what was created, renamed and removed in it survive a crash.
absl::Status SyncDirectory(const std::string& path);
// Directory that `path` is in.
std::string ParentOf(const std::string& path);

}  // namespace quartet::controller
