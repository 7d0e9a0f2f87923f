#include "controller/services/watch_pump.h"

namespace quartet::controller {

WatchPump::WatchPump(std::chrono::microseconds interval) : interval_(interval), thread_([this] { Run(); }) {}

WatchPump::~WatchPump() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void WatchPump::Schedule(const std::shared_ptr<Watched>& watched) {
  std::lock_guard<std::mutex> lock(mutex_);
  State& state = states_[watched.get()];
  if (state.scheduled) return;
  state.watched = watched;
  state.scheduled = true;
  due_.emplace(state.not_before, watched.get());
  wake_.notify_all();
}

void WatchPump::Forget(const Watched* watched) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = states_.find(watched);
  if (found == states_.end()) return;
  std::erase_if(due_, [&](const auto& due) { return due.second == watched; });
  states_.erase(found);
}

void WatchPump::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    if (due_.empty()) {
      wake_.wait(lock);
      continue;
    }
    const Time now = std::chrono::steady_clock::now();
    if (due_.begin()->first > now) {
      wake_.wait_until(lock, due_.begin()->first);
      continue;
    }
    State& state = states_[due_.begin()->second];
    due_.erase(due_.begin());
    state.scheduled = false;
    state.not_before = now + interval_;
    const std::shared_ptr<Watched> watched = state.watched.lock();
    lock.unlock();
    if (watched) watched->Refresh();
    lock.lock();
  }
}

}  // namespace quartet::controller
