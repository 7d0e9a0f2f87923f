// Events of other threads that a test waits for.
#pragma once

#include <condition_variable>
#include <mutex>

namespace quartet::nameserver {

// Counts what other threads say they have done.
class Events {
 public:
  void Push() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++count_;
    wake_.notify_all();
  }
  void Await() {
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait(lock, [this] { return count_ > 0; });
    --count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  int count_ = 0;
};

}  // namespace quartet::nameserver
