#include "controller/watching/watched_log.h"

namespace quartet::controller {

std::shared_ptr<void> WatchedLog::TakePlace() {
  struct Place {
    explicit Place(std::shared_ptr<std::atomic<size_t>> held) : places(std::move(held)) {}
    ~Place() { --*places; }
    std::shared_ptr<std::atomic<size_t>> places;
  };
  if (places_->fetch_add(1) >= kMaxStreams) {
    --*places_;
    return nullptr;
  }
  return std::make_shared<Place>(places_);
}

}  // namespace quartet::controller
