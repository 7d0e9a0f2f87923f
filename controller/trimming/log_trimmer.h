// Keeps the controller's log within its bounds.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/sequencer/sequencer.h"
#include "controller/trimming/trim_rule.h"
#include "replication/base/clock.h"
#include "replication/feed/progress.h"
#include "replication/log/log.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Feeds a TrimRule and does what it says: trims are one small write, whatever they free. What the nodes had acknowledged
// and how many bytes lie where is stored beside the log, a little behind: a controller that starts anew neither trims what
// a node needs nor reads the whole log (docs/formats/replica.md).
//
// Thread-safe, without threads of its own.
class LogTrimmer {
 public:
  static constexpr uint64_t kLogBytes = uint64_t{4} << 30;
  static constexpr uint64_t kLeastLogBytes = uint64_t{1} << 20;

  struct Options {
    // Of entries, as they are stored (RocksDB compresses them, and gives room back some time after a trim).
    uint64_t log_bytes = kLogBytes;
    int64_t marks_every_us = 10'000'000;
  };

  // All must outlive it. Reads at most a 256th of the log. DATA_LOSS: what is stored is damaged.
  static absl::StatusOr<std::unique_ptr<LogTrimmer>> Open(const replication::Log& log, store::Store& replica,
                                                          replication::Clock& clock, const Options& options);

  // After each commit, in order; before the feed hears of it.
  void Committed(const std::vector<Sequencer::Committed>& entries);
  // What the publisher knows of its nodes, after every move.
  void OnProgress(const std::vector<replication::NodeProgress>& progress);

  // Trims, and stores marks, if it is time for that. After each commit, where `sequencer` is driven. What can't be written
  // is tried again with the next one.
  void Step(Sequencer& sequencer);

  // While what it returns lives, all that is in the log now, and all that comes, stays there.
  std::shared_ptr<void> Hold();

  // Of entries in the log.
  uint64_t bytes() const;

 private:
  LogTrimmer(store::Store& replica, replication::Clock& clock, const Options& options, uint64_t epoch,
             uint64_t base);
  absl::Status ReadSizes(const replication::Log& log, uint64_t head);
  absl::Status ReadMarks();
  // Rows that are to be stored before the log is trimmed to `upto`, which goes where there are more to come. Needs the lock.
  store::Batch TakeRows(std::optional<uint64_t>& upto);
  void Trim(Sequencer& sequencer, uint64_t upto);
  void NoteFailure(const absl::Status& status);

  store::Store& replica_;
  replication::Clock& clock_;
  const Options options_;
  const uint64_t epoch_;

  // Shared with holds, which may outlive it.
  struct Shared {
    std::mutex mutex;
    // Guarded by mutex.
    TrimRule rule;
  };
  const std::shared_ptr<Shared> shared_;
  // Step's alone.
  int64_t marks_due_us_ = 0;
  size_t segments_stored_ = 0;
  uint64_t last_stored_ = 0;
  bool failing_ = false;
};

}  // namespace quartet::controller
