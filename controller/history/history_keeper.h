// Keeps the history of all zones within its bounds, and purges zones that were deleted long ago.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "controller/history/retention.h"
#include "controller/host.h"
#include "replication/base/clock.h"

namespace quartet::controller {

// A thread that looks at a bounded number of zones a tick, and proposes what is due: one entry after another, as long as there
// is more. A million zones are gone round in 17 minutes. What can't be logged now is tried again with the next tick.
//
// Thread-safe.
class HistoryKeeper {
 public:
  struct Options {
    Retention retention = {};
    RetentionScan::Limits limits = {};
    size_t zones_per_tick = 1000;
    std::chrono::milliseconds tick{1000};
  };

  // Both must outlive it. Starts at once.
  HistoryKeeper(Host& host, replication::Clock& clock, const Options& options);
  // Stops.
  ~HistoryKeeper();

  // Returns once the thread is gone. Idempotent; before the host takes no more proposals.
  void Stop();

 private:
  void Run();
  void Note(const absl::Status& status);
  bool stopping() const;

  Host& host_;
  replication::Clock& clock_;
  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  // Guarded by mutex_.
  bool stopping_ = false;
  // The thread's.
  bool failing_ = false;
  std::once_flag joined_;
  std::thread thread_;
};

// One tick: what is due of the next `zones` zones is proposed and committed. Stops early if `stopping` says so.
absl::Status KeepWithin(Host& host, RetentionScan& scan, int64_t now_us, size_t zones,
                        const std::function<bool()>& stopping);

}  // namespace quartet::controller
