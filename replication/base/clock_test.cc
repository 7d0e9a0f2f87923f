#include "replication/base/clock.h"

#include <gtest/gtest.h>

#include <ctime>
#include <set>

namespace quartet::replication {
namespace {

constexpr int64_t kMicros = 1'000'000;

TEST(SystemClock, WallClockIsUnixTime) {
  const int64_t before = static_cast<int64_t>(std::time(nullptr));
  const int64_t now = SystemClock().WallMicros();
  EXPECT_GE(now, (before - 1) * kMicros);
  EXPECT_LE(now, (before + 60) * kMicros);
}

TEST(SystemClock, MonotonicClockNeverGoesBack) {
  int64_t last = SystemClock().MonotonicMicros();
  for (int i = 0; i < 10'000; ++i) {
    const int64_t now = SystemClock().MonotonicMicros();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(SystemRandom, DoesNotRepeatItself) {
  std::set<uint64_t> seen;
  for (int i = 0; i < 10'000; ++i) seen.insert(SystemRandom().Next());
  // The chance of a single repetition is 3 in 10^12.
  EXPECT_EQ(seen.size(), 10'000U);
}

TEST(SystemRandom, UsesAllBits) {
  uint64_t ones = 0;
  uint64_t zeros = 0;
  for (int i = 0; i < 200; ++i) {
    const uint64_t number = SystemRandom().Next();
    ones |= number;
    zeros |= ~number;
  }
  EXPECT_EQ(ones, ~uint64_t{0});
  EXPECT_EQ(zeros, ~uint64_t{0});
}

}  // namespace
}  // namespace quartet::replication
