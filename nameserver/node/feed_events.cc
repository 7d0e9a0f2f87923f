#include "nameserver/node/feed_events.h"

#include <utility>

namespace quartet::nameserver {

void FeedInbox::Push(FeedEvent event) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    events_.push_back(std::move(event));
  }
  wake_.notify_one();
}

void FeedInbox::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
}

bool FeedInbox::stopped() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stopped_;
}

std::vector<FeedEvent> FeedInbox::Wait(std::chrono::milliseconds longest) {
  std::unique_lock<std::mutex> lock(mutex_);
  wake_.wait_for(lock, longest, [this] { return stopped_ || !events_.empty(); });
  return std::exchange(events_, {});
}

}  // namespace quartet::nameserver
