// Real time, and what a test adds to it.
#pragma once

#include <atomic>
#include <cstdint>

#include "replication/base/clock.h"

namespace quartet::controller {

class ShiftedClock : public replication::Clock {
 public:
  int64_t WallMicros() override { return replication::SystemClock().WallMicros() + shift_us_; }
  int64_t MonotonicMicros() override { return replication::SystemClock().MonotonicMicros() + shift_us_; }

  void Advance(int64_t by_us) { shift_us_ += by_us; }

 private:
  std::atomic<int64_t> shift_us_{0};
};

}  // namespace quartet::controller
