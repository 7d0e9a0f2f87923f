// The log as those who watch changes read it, all together.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "replication/log/log.h"
#include "replication/log/log_window.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Reading holds no entry against trimming. Thread-safe but for window().
class WatchedLog {
 public:
  // Streams at once; entries are decoded once for all that read the same part.
  static constexpr size_t kMaxStreams = 256;
  static constexpr size_t kWindowBytes = size_t{4} << 20;

  // Both must outlive it.
  WatchedLog(const replication::Log& log, const store::Store& replica)
      : log_(log), replica_(replica), window_(log, kWindowBytes) {}

  const replication::Log& log() const { return log_; }
  const store::Store& replica() const { return replica_; }

  // Entries up to this index are committed and visible.
  void Committed(uint64_t index) {
    uint64_t before = committed_;
    while (before < index && !committed_.compare_exchange_weak(before, index)) {
    }
  }
  uint64_t committed() const { return committed_; }

  // For one thread at a time.
  replication::LogWindow& window() { return window_; }

  // A stream's place, for as long as it is held; nullptr: there are kMaxStreams.
  std::shared_ptr<void> TakePlace();

 private:
  const replication::Log& log_;
  const store::Store& replica_;
  replication::LogWindow window_;
  std::atomic<uint64_t> committed_{0};
  // Counts the places that are held.
  std::shared_ptr<std::atomic<size_t>> places_ = std::make_shared<std::atomic<size_t>>(0);
};

}  // namespace quartet::controller
