// Virtual time, what happens in it, and dice.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/strings/string_view.h"
#include "replication/base/clock.h"

namespace quartet::simulation {

// Microseconds.
inline constexpr int64_t kMillisecond = 1000;
inline constexpr int64_t kSecond = 1'000'000;

class WorldClock : public replication::Clock {
 public:
  int64_t WallMicros() override { return int64_t{1'700'000'000} * kSecond + now_us_; }
  int64_t MonotonicMicros() override { return now_us_; }

  int64_t now() const { return now_us_; }
  // Does `event` after `delay_us`; events of one time in the order they were added.
  void After(int64_t delay_us, std::function<void()> event);
  // Moves to the next event and does it; false if there is none before `until_us` (time is then `until_us`).
  bool Step(int64_t until_us);

 private:
  struct Event {
    int64_t time_us;
    uint64_t number;
    std::function<void()> happen;
  };
  static bool Later(const Event& a, const Event& b) {
    return a.time_us != b.time_us ? a.time_us > b.time_us : a.number > b.number;
  }

  int64_t now_us_ = 0;
  uint64_t last_number_ = 0;
  // A heap.
  std::vector<Event> events_;
};

// splitmix64: the same numbers for the same seed everywhere.
class Dice : public replication::Random {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  // Dice of one part of a run: what others throw does not move them, so that a run from which an action was taken
  // away goes on much as it did.
  Dice(uint64_t seed, absl::string_view part);

  uint64_t Next() override;
  // 0 … n - 1.
  uint64_t Below(uint64_t n) { return Next() % n; }
  int64_t Between(int64_t low, int64_t high) { return low + static_cast<int64_t>(Below(high - low + 1)); }
  bool Chance(uint64_t percent) { return Below(100) < percent; }

 private:
  uint64_t state_;
};

}  // namespace quartet::simulation
