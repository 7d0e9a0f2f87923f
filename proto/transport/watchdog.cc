#include "proto/transport/watchdog.h"

#include <utility>

namespace quartet::transport {

Watchdog::Watchdog(Clock::duration patience, std::function<void()> bark)
    : patience_(patience),
      bark_(std::move(bark)),
      due_(Clock::now() + patience),
      thread_([this] { Run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Watchdog::Pet() {
  const std::lock_guard<std::mutex> lock(mutex_);
  due_ = Clock::now() + patience_;
}

void Watchdog::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!ended_ && Clock::now() < due_) wake_.wait_until(lock, due_);
  if (ended_) return;
  barked_ = true;
  bark_();
}

}  // namespace quartet::transport
