#include "controller/imports/node_pace.h"

#include <utility>

namespace quartet::controller {

NodePace::NodePace(Host& host, std::vector<std::string> nameservers, std::chrono::milliseconds patience)
    : host_(host), nameservers_(std::move(nameservers)), patience_(patience) {
  watch_ = host_.WatchNodes([this] {
    const std::lock_guard<std::mutex> lock(mutex_);
    moved_ = true;
    wake_.notify_one();
  });
}

bool NodePace::AnyBehind(uint64_t index) {
  const Time now = std::chrono::steady_clock::now();
  bool any = false;
  for (const NodePlace& place : host_.Connected(nameservers_)) {
    const auto [found, first] = seen_.try_emplace(place.node);
    Seen& seen = found->second;
    if (first || place.acknowledged_index != seen.index || seen.index >= index) {
      seen = {place.acknowledged_index, now};
    }
    any = any || (seen.index < index && now - seen.since < patience_);
  }
  return any;
}

absl::Status NodePace::WaitFor(uint64_t index, Pulse& pulse) {
  for (;;) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      moved_ = false;
    }
    if (!AnyBehind(index)) return absl::OkStatus();
    if (absl::Status status = pulse.Again(); !status.ok()) return status;
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait_for(lock, Pulse::kInterval, [this] { return moved_; });
  }
}

}  // namespace quartet::controller
