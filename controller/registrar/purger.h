// Removes operations that ended long ago, and what registries said then.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "controller/request_host.h"
#include "replication/base/clock.h"

namespace quartet::controller {

// A thread of its own, which looks at the old ones when it begins, and once a day.
class Purger {
 public:
  struct Options {
    int64_t keep_us = int64_t{30} * 24 * 3600 * 1'000'000;
    // Of one entry.
    size_t most_at_once = 100;
  };

  // Both must outlive it.
  Purger(RequestHost& host, replication::Clock& clock, Options options);
  // Stops.
  ~Purger();

  // Waits for what it has proposed: to be called before the host stops. Idempotent.
  void Stop();

 private:
  void Run();
  absl::Status PurgeOperations(int64_t before_us);
  // Those behind `after`, which becomes the last one that was looked at, or empty: there are no more.
  absl::Status PurgeSome(int64_t before_us, std::string& after);
  absl::Status PurgeMessages(int64_t before_us);
  bool stopping();

  RequestHost& host_;
  replication::Clock& clock_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace quartet::controller
