// Changes one zone again and again, whatever becomes of the controller, and follows its changes until they are INSYNC.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "tests/faults/tally.h"

namespace grpc {
class Channel;
}

namespace quartet::tests {

// How far a zone's story is known to have come (zone_story.h); -1: not begun. Thread-safe.
struct ZoneProgress {
  std::atomic<int64_t> sent = -1;
  std::atomic<int64_t> acknowledged = -1;
  std::atomic<int64_t> insync = -1;
};

// One change at a time: sent again under its request id until it is acknowledged. Each must make just the next revision.
class ZoneWriter {
 public:
  struct Options {
    std::string zone;
    // Before the first change.
    uint64_t revision = 0;
    // Between the beginnings of two changes.
    int64_t period_us = 100'000;
    // Part of the request ids: those of two runs differ.
    std::string run;
  };

  // Starts. `tally` must outlive it.
  ZoneWriter(std::shared_ptr<grpc::Channel> channel, Options options, Tally& tally);
  // Gives up waiting.
  ~ZoneWriter();

  const std::string& zone() const { return options_.zone; }
  const ZoneProgress& progress() const { return progress_; }

  // Begins no other change.
  void Finish() { finishing_ = true; }
  // All that was sent is acknowledged, and INSYNC. After Finish it stays so.
  bool settled() const { return written_ && progress_.insync == progress_.sent; }

 private:
  struct Acknowledged {
    int64_t number = -1;
    std::string change;
    int64_t sent_us = 0;
  };
  void Write();
  bool Change(int64_t number);
  void Follow();
  bool WatchUntilInsync(const Acknowledged& acknowledged);

  const std::shared_ptr<grpc::Channel> channel_;
  const Options options_;
  Tally& tally_;
  ZoneProgress progress_;
  std::atomic<bool> finishing_ = false;
  std::atomic<bool> written_ = false;
  std::atomic<bool> giving_up_ = false;

  std::mutex mutex_;
  std::condition_variable moved_;
  // Guarded by mutex_.
  Acknowledged last_;

  std::thread writing_;
  std::thread following_;
};

}  // namespace quartet::tests
