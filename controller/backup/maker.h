// Makes backups of the running controller: BackupService.MakeBackup without its network.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "quartet/admin/v1/backup.pb.h"
#include "replication/base/clock.h"
#include "replication/log/log.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Thread-safe. While a backup is made the database's files of its beginning stay on the disk, as links: room that
// compactions would have freed is in use until it ends. Memory: about two parts.
class BackupMaker {
 public:
  struct Options {
    // Of this controller; for the backup's manifest.
    std::string controller;
    std::string version;
    // Made for each backup and removed afterwards: on the disk of the database. What an earlier process left there is
    // removed at once.
    std::string checkpoint;
    // Of one part with data.
    size_t part_bytes = 256 << 10;
    // While what it returns lives, the log is not trimmed. May be empty: then a slow backup may lose the race.
    std::function<std::shared_ptr<void>()> hold_log = {};
  };
  // Slower than this a backup would take for ever.
  static constexpr uint64_t kMinBytesPerSecond = 64 << 10;

  // All must outlive it. `log` shares its store with `replica`.
  BackupMaker(const replication::Log& log, const store::Store& replica, replication::Clock& clock,
              const Options& options);

  // Takes the next part; may block. False: nobody wants more.
  using Send = std::function<bool(const admin::v1::BackupPart& part)>;
  // Sends a whole backup, its end included. Errors are those of MakeBackup, and: CANCELLED: `send` returned false;
  // INVALID_ARGUMENT: too slow; OUT_OF_RANGE: the log was trimmed before its entries were sent; UNAVAILABLE: stopped, or
  // the disk can't be read.
  absl::Status Make(const admin::v1::MakeBackupRequest& request, const Send& send);

  // The backup under way ends soon, and no other begins. Idempotent.
  void Stop();

 private:
  class Run;
  friend class Run;

  // Sleeps; false: stopped.
  bool WaitUntil(int64_t monotonic_us);

  const replication::Log& log_;
  const store::Store& replica_;
  replication::Clock& clock_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool busy_ = false;
  bool stopped_ = false;
};

}  // namespace quartet::controller
