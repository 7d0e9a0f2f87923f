#include "tests/simulation/world_clock.h"

#include <utility>

namespace quartet::simulation {

void WorldClock::After(int64_t delay_us, std::function<void()> event) {
  events_.push({now_us_ + delay_us, ++last_number_, std::move(event)});
}

bool WorldClock::Step(int64_t until_us) {
  if (events_.empty() || events_.top().time_us > until_us) {
    now_us_ = until_us;
    return false;
  }
  Event event = events_.top();
  events_.pop();
  now_us_ = event.time_us;
  event.happen();
  return true;
}

uint64_t Dice::Next() {
  state_ += 0x9e3779b97f4a7c15;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace quartet::simulation
