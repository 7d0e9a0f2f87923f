// Refreshes of all open watches, on one thread, however many there are.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace quartet::controller {

class Watched {
 public:
  virtual ~Watched() = default;
  // Reads what is watched and sends it if it moved. Called on the pump's thread; may call the controller.
  virtual void Refresh() = 0;
};

// Thread-safe.
class WatchPump {
 public:
  // A watch is refreshed at once, but not again before `interval` has passed.
  explicit WatchPump(std::chrono::microseconds interval);
  // Watches not refreshed by now will not be.
  ~WatchPump();
  WatchPump(const WatchPump&) = delete;
  WatchPump& operator=(const WatchPump&) = delete;

  // Has it refreshed soon. Never blocks for long; many calls before that refresh are one.
  void Schedule(const std::shared_ptr<Watched>& watched);
  // It will not be refreshed again, unless it is being so now.
  void Forget(const Watched* watched);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct State {
    std::weak_ptr<Watched> watched;
    bool scheduled = false;
    Time not_before;
  };
  void Run();

  const std::chrono::microseconds interval_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  // Invariant: an id is in due_ exactly if its state is scheduled.
  std::map<const Watched*, State> states_;
  std::multimap<Time, const Watched*> due_;
  std::thread thread_;
};

}  // namespace quartet::controller
