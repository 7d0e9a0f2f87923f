#include "replication/base/clock.h"

#include <sys/random.h>

#include <cerrno>
#include <chrono>

#include "dns/base/check.h"

namespace quartet::replication {

namespace {

template <typename ChronoClock>
int64_t Micros() {
  const auto since_start = ChronoClock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since_start).count();
}

class OperatingSystemClock : public Clock {
 public:
  int64_t WallMicros() override { return Micros<std::chrono::system_clock>(); }
  int64_t MonotonicMicros() override { return Micros<std::chrono::steady_clock>(); }
};

class OperatingSystemRandom : public Random {
 public:
  uint64_t Next() override {
    uint64_t number = 0;
    ssize_t got = 0;
    do {
      got = getrandom(&number, sizeof(number), 0);
    } while (got < 0 && errno == EINTR);
    // Up to 256 bytes come whole or not at all. A guessable number instead of a random one would be worse
    // than no process.
    QUARTET_CHECK(got == sizeof(number));
    return number;
  }
};

}  // namespace

Clock& SystemClock() {
  static OperatingSystemClock clock;
  return clock;
}

Random& SystemRandom() {
  static OperatingSystemRandom random;
  return random;
}

}  // namespace quartet::replication
