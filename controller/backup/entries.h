// The entries of a backup: one behind the other, each behind its length. docs/formats/backup.md.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/backup/files.h"
#include "replication/base/position.h"
#include "replication/entry/entry.h"

namespace quartet::controller {

// Appends the entry with its length to `out`.
void FrameEntry(absl::string_view entry, std::string& out);

// Reads a file of entries, each of which has to follow the one before. Not thread-safe; holds one entry.
class EntriesReader {
 public:
  EntriesReader(OldFile file, const replication::Position& after) : file_(std::move(file)), last_(after) {}

  // nullopt at the end. DATA_LOSS: cut short, or not an entry that follows; names the file.
  absl::StatusOr<std::optional<replication::SealedEntry>> Next();
  // The last one read; at first the one that all follow.
  const replication::Position& last() const { return last_; }

 private:
  absl::Status Damaged(absl::string_view why) const;

  OldFile file_;
  replication::Position last_;
};

}  // namespace quartet::controller
