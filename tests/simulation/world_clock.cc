#include "tests/simulation/world_clock.h"

#include <algorithm>
#include <utility>

namespace quartet::simulation {

void WorldClock::After(int64_t delay_us, std::function<void()> event) {
  events_.push_back({now_us_ + delay_us, ++last_number_, std::move(event)});
  std::push_heap(events_.begin(), events_.end(), Later);
}

bool WorldClock::Step(int64_t until_us) {
  if (events_.empty() || events_.front().time_us > until_us) {
    now_us_ = until_us;
    return false;
  }
  std::pop_heap(events_.begin(), events_.end(), Later);
  const Event event = std::move(events_.back());
  events_.pop_back();
  now_us_ = event.time_us;
  event.happen();
  return true;
}

Dice::Dice(uint64_t seed, absl::string_view part) : state_(seed) {
  // FNV-1a.
  uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : part) hash = (hash ^ static_cast<uint8_t>(byte)) * 0x100000001b3;
  state_ = Next() ^ hash;
}

uint64_t Dice::Next() {
  state_ += 0x9e3779b97f4a7c15;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace quartet::simulation
