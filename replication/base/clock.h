// Time and randomness as the machines see them: passed in, so that a simulation can own both.
#pragma once

#include <cstdint>

namespace quartet::replication {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Microseconds since the Unix epoch.
  virtual int64_t WallMicros() = 0;
  // Microseconds of a clock that never goes back.
  virtual int64_t MonotonicMicros() = 0;
};

// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual uint64_t Next() = 0;
};

// The operating system's.
Clock& SystemClock();
// The operating system's, fit for secrets (getrandom).
Random& SystemRandom();

}  // namespace quartet::replication
