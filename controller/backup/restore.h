// Brings a controller back from a backup: `quartet-controller restore`. docs/backup.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/backup/damaged_zones.h"
#include "controller/backup/manifest.h"
#include "replication/base/clock.h"

namespace quartet::controller {

struct RestoreOptions {
  // Directory of the backup.
  std::string from;
  // Directory of the database that is to be; absent or empty. The restore is made beside it, as "DATA.restoring", and gets
  // its name when it is whole.
  std::string data;
  // Not empty: only a backup of this controller will do.
  std::string name;
};

struct Restored {
  Manifest manifest;
  // Entries applied to the checkpoint.
  uint64_t entries = 0;
  // Epoch that was begun.
  uint64_t epoch = 0;
  DamagedZones zones;
};

// Everything is checked before anything of it counts: checksums of all files, the chain of the entries, the digests of all
// zones. A crash at any moment leaves nothing in `data`; what it leaves beside it the next restore removes.
//
// FAILED_PRECONDITION: there is something in `data`, another restore is under way there, or the backup is another
// controller's; NOT_FOUND: no backup; DATA_LOSS: the backup is damaged, and where; RESOURCE_EXHAUSTED: the disk is too
// small; else as FileError. `tell` is given a line for each step.
absl::StatusOr<Restored> RestoreBackup(const RestoreOptions& options, replication::Clock& clock,
                                       replication::Random& random,
                                       const std::function<void(const std::string& line)>& tell);

}  // namespace quartet::controller
