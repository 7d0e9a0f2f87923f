// A thread of low priority that reads large zones from disk into pages, so that the thread which applies
// changes never waits for one.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "nameserver/zone/tree.h"
#include "replication/feed/subscriber.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

// One zone at a time: beside what is answered from, memory for one tree. Start, Cancel and Take are for one
// thread.
class ZoneLoader {
 public:
  // `ready` is called, in the loader's thread, when there is something to Take.
  explicit ZoneLoader(std::function<void()> ready);
  // Gives up what it is at.
  ~ZoneLoader();
  ZoneLoader(const ZoneLoader&) = delete;
  ZoneLoader& operator=(const ZoneLoader&) = delete;

  struct Job {
    // A kLoad.
    replication::ZoneUpdate load;
    std::string digest_key;
    // As the store is when the zone is what `load` says. Let go of as soon as it was read.
    std::unique_ptr<store::Reader> snapshot;
  };
  // From Start until its result was taken.
  bool busy() const { return busy_; }
  // Precondition: not busy.
  void Start(Job job);
  // The result is not wanted any more: it comes soon.
  void Cancel() { cancel_ = true; }

  // Errors as ReadZone. nullopt: nothing is ready.
  std::optional<absl::StatusOr<ZoneBuilder>> Take();

 private:
  void Run();

  const std::function<void()> ready_;
  bool busy_ = false;
  std::atomic<bool> cancel_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<Job> job_;
  std::optional<absl::StatusOr<ZoneBuilder>> result_;
  bool stop_ = false;
  // Last: starts when all above is there.
  std::thread thread_;
};

}  // namespace quartet::nameserver
