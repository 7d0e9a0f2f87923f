// What a backup's directory holds, and the file in it that says so. docs/formats/backup.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "replication/base/position.h"

namespace quartet::controller {

inline constexpr char kManifestFile[] = "MANIFEST";
inline constexpr char kEntriesFile[] = "entries";
inline constexpr char kCheckpointFolder[] = "checkpoint";
// Files of a checkpoint at most: far more than any database has.
inline constexpr size_t kMaxBackupFiles = 100'000;

struct Manifest {
  struct Contents {
    uint64_t bytes = 0;
    // 32 bytes.
    std::string sha256;
  };
  struct File {
    std::string name;
    Contents contents;
  };

  // Whose it is, and the version of its software.
  std::string controller;
  std::string version;
  // Microseconds since the Unix epoch: when it was begun, and as of when it is.
  int64_t begin_us = 0;
  int64_t end_us = 0;
  // The entries follow this one; the last of them (or this one, if there are none) is the head.
  replication::Position after;
  replication::Position head;
  uint64_t term = 0;
  uint64_t entry_count = 0;
  Contents entries;
  // Of the checkpoint, in the order they came.
  std::vector<File> files;
};

// Whether a file of a checkpoint may be called so: 1 to 255 letters, digits, '.', '-' and '_', not "." or "..".
bool IsFileName(absl::string_view name);

// INVALID_ARGUMENT: it holds what can't be written in a line.
absl::StatusOr<std::string> WriteManifest(const Manifest& manifest);
// DATA_LOSS: it is not whole and unchanged; UNIMPLEMENTED: of another format. Messages begin with "MANIFEST".
absl::StatusOr<Manifest> ReadManifest(absl::string_view text);

}  // namespace quartet::controller
