// The thread of low priority that reads a node's replica for those who watch over it: the scrubber
// (replication/replica/scrubber.h) and the reports on the controller's inquiries (replication/feed/reports.h),
// which go first.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/clock.h"
#include "replication/feed/reports.h"
#include "replication/replica/scrubber.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

// Thread-safe. Reads the store, and writes nothing to it but the progress of the scrub.
class Inspector {
 public:
  // All are called in its thread, and must not wait for it.
  struct Callbacks {
    std::function<void(std::vector<replication::ScrubFinding>)> on_findings;
    std::function<void(absl::Status)> on_store_damaged;
    std::function<void(quartet::replication::v1::SubscribeRequest)> send;
  };

  // Starts the thread. Both must outlive it.
  Inspector(store::Store& store, replication::Clock& clock, const replication::Scrubber::Options& options,
            Callbacks callbacks);
  // No callback comes afterwards.
  ~Inspector();

  // Inquiries of the stream that is open; with `forget`, those of an earlier one need no answer any more.
  void Ask(const std::vector<quartet::replication::v1::Inquiry>& inquiries, bool forget);
  replication::ScrubProgress progress() const;

 private:
  void Run();
  // Each does one step, without the lock, and returns how long to wait before the next.
  int64_t Report();
  int64_t Scrub();

  store::Store& store_;
  const Callbacks callbacks_;
  // The thread's own.
  replication::Reports reports_;
  replication::Scrubber scrubber_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  // Guarded by mutex_.
  std::vector<quartet::replication::v1::Inquiry> asked_;
  bool forget_ = false;
  bool stopping_ = false;
  replication::ScrubProgress progress_;

  // Last: it uses all of the above.
  std::thread thread_;
};

}  // namespace quartet::nameserver
