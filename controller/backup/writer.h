// A backup as it comes from a controller, written into a directory. docs/formats/backup.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/backup/files.h"
#include "controller/backup/manifest.h"
#include "controller/backup/sha256.h"
#include "quartet/admin/v1/backup.pb.h"

namespace quartet::controller {

// Not thread-safe.
class BackupWriter {
 public:
  // Makes `directory` (mode 0700: a backup holds the service's secrets). ALREADY_EXISTS: there is something; NOT_FOUND:
  // its parent is not there; RESOURCE_EXHAUSTED and others as FileError.
  static absl::StatusOr<std::unique_ptr<BackupWriter>> Create(const std::string& directory);
  // Without Finish nothing of it stays.
  ~BackupWriter();

  // The next part. INVALID_ARGUMENT: it breaks the order or what was said before; else as FileError.
  absl::Status Take(const admin::v1::BackupPart& part);
  // All has come. On return the backup survives a crash. DATA_LOSS: it has no end.
  absl::StatusOr<Manifest> Finish();

  // How much of how much has come; 0 before it is known.
  uint64_t bytes() const { return bytes_; }
  uint64_t bytes_total() const { return bytes_total_; }

 private:
  explicit BackupWriter(std::string directory) : directory_(std::move(directory)) {}
  absl::Status Start(const admin::v1::BackupStart& start);
  absl::Status BeginFile(const admin::v1::BackupFile& file);
  absl::Status Data(const std::string& data);
  absl::Status EndFile(const std::string& sha256);
  absl::Status Entries(const std::string& entries);
  absl::Status End(const admin::v1::BackupEnd& end);
  absl::Status WriteManifestFile();

  const std::string directory_;
  Manifest manifest_;
  std::set<std::string> names_;
  std::optional<NewFile> entries_;
  Sha256 entries_hash_;
  // The file that has begun and not ended, and how many of its bytes are still to come.
  std::optional<NewFile> file_;
  Sha256 file_hash_;
  uint64_t file_left_ = 0;
  uint64_t bytes_ = 0;
  uint64_t bytes_total_ = 0;
  bool started_ = false;
  bool ended_ = false;
  bool finished_ = false;
};

}  // namespace quartet::controller
