// For calls that end when the other side is silent for too long.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace quartet::transport {

// Calls `bark` once, from a thread of its own, when nobody has petted it for so long. Thread-safe. `bark` must not end it.
class Watchdog {
 public:
  Watchdog(std::chrono::steady_clock::duration patience, std::function<void()> bark);
  // From then on it is silent.
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void Pet();
  bool barked() const { return barked_; }

 private:
  using Clock = std::chrono::steady_clock;
  void Run();

  const Clock::duration patience_;
  const std::function<void()> bark_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
  Clock::time_point due_;
  std::atomic<bool> barked_ = false;
  std::thread thread_;
};

}  // namespace quartet::transport
