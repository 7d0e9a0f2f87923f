// Fetches a backup from a running controller: `quartet-controller backup`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "controller/backup/manifest.h"
#include "proto/transport/tls_files.h"

namespace quartet::controller {

struct BackupOptions {
  // ADDR:PORT of the controller.
  std::string controller;
  // An admin's.
  transport::TlsFiles tls;
  // Directory that is to be made.
  std::string to;
  // 0: no limit.
  uint64_t bytes_per_second = 0;
};

// Writes the backup to a new directory. UNAVAILABLE: the controller can't be reached, or the connection broke;
// UNAUTHENTICATED: no admin's certificate; else as MakeBackup's errors and BackupWriter's. `progress` is called with what
// has come and what there is, now and then.
absl::StatusOr<Manifest> FetchBackup(const BackupOptions& options,
                                     const std::function<void(uint64_t bytes, uint64_t total)>& progress);

}  // namespace quartet::controller
