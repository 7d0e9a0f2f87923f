#include "nameserver/node/outage.h"

#include <gtest/gtest.h>

namespace quartet::nameserver {
namespace {

constexpr int64_t kSecond = 1'000'000;

TEST(OutageTest, IsSaidAtOnceAndThenAtDoublingIntervals) {
  Outage outage;
  EXPECT_TRUE(outage.Happened(0, "refused"));
  int said = 0;
  int64_t last = 0;
  for (int64_t now = kSecond; now <= 3600 * kSecond; now += kSecond) {
    if (!outage.DueAgain(now)) continue;
    EXPECT_GE(now - last, said == 0 ? 60 * kSecond : last);
    last = now;
    ++said;
  }
  EXPECT_EQ(said, 5) << "after 1, 3, 7, 15 and 31 minutes";
}

TEST(OutageTest, TheSameTroubleAgainIsNoNews) {
  Outage outage;
  EXPECT_TRUE(outage.Happened(0, "refused"));
  EXPECT_FALSE(outage.Happened(kSecond, "refused"));
  EXPECT_FALSE(outage.Happened(2 * kSecond, "timed out"));
  EXPECT_EQ(outage.reason(), "timed out");
  EXPECT_EQ(outage.LastedUs(5 * kSecond), 5 * kSecond);
}

TEST(OutageTest, EndsOnceAndMayBeginAnew) {
  Outage outage;
  EXPECT_EQ(outage.Over(0), std::nullopt);
  outage.Happened(kSecond, "refused");
  EXPECT_EQ(outage.Over(4 * kSecond), 3 * kSecond);
  EXPECT_EQ(outage.Over(4 * kSecond), std::nullopt);
  EXPECT_TRUE(outage.Happened(5 * kSecond, "refused"));
}

TEST(OutageTest, WritesDurationsForPeople) {
  EXPECT_EQ(ForPeople(5 * kSecond + 1), "5 s");
  EXPECT_EQ(ForPeople(3 * 60 * kSecond), "3 min");
  EXPECT_EQ(ForPeople(7200 * kSecond), "2 h");
  EXPECT_EQ(ForPeople(7500 * kSecond), "2 h 5 min");
}

}  // namespace
}  // namespace quartet::nameserver
