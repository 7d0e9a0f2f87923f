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

}  // namespace
}  // namespace quartet::controller
