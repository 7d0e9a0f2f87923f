#include "controller/sequencer/ids.h"

#include <set>
#include <string>

#include "controller/sequencer/plan_fixture.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

TEST(IdsTest, IdsAreALetterAndThirteenDigits) {
  SeededRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string zone = NewZoneId(random);
    const std::string change = NewChangeId(random);
    EXPECT_TRUE(IsZoneId(zone)) << zone;
    EXPECT_TRUE(IsChangeId(change)) << change;
    EXPECT_TRUE(seen.insert(zone).second);
    EXPECT_TRUE(seen.insert(change).second);
  }
}

TEST(IdsTest, TellsIdsFromOtherTexts) {
  EXPECT_TRUE(IsZoneId("Z0123456789ABC"));
  EXPECT_FALSE(IsZoneId("C0123456789ABC"));
  EXPECT_FALSE(IsZoneId("Z0123456789AB"));
  EXPECT_FALSE(IsZoneId("Z0123456789ABCD"));
  // I, L, O and U are no digits of this base.
  EXPECT_FALSE(IsZoneId("ZIIIIIIIIIIIII"));
  EXPECT_FALSE(IsZoneId("Z0123456789abc"));
  EXPECT_FALSE(IsZoneId("example.com."));
}

TEST(IdsTest, OperationsOfLaterMillisecondsComeFirst) {
  SeededRandom random;
  constexpr int64_t kNow = int64_t{1'800'000'000} * 1'000'000;
  std::string before = NewOperationId(0, random);
  for (const int64_t time_us : {kNow, kNow + 1000, kNow + 2000, kNow + 3'600'000'000, 2 * kNow}) {
    const std::string id = NewOperationId(time_us, random);
    EXPECT_TRUE(IsOperationId(id)) << id;
    EXPECT_LT(id, before);
    EXPECT_LE(FirstOperationId(time_us), id);
    EXPECT_GT(FirstOperationId(time_us - 1000), id);
    before = id;
  }
}

}  // namespace
}  // namespace quartet::controller
