#include "replication/feed/fetches.h"

#include <gtest/gtest.h>

namespace quartet::replication {
namespace {

using Zones = std::vector<std::string>;

Position At(uint64_t index) {
  Position position;
  position.index = index;
  return position;
}

TEST(FetchesTest, AsksForAsManyAtATimeAsItMay) {
  Fetches fetches(2);
  for (const char* zone : {"a", "b", "c"}) fetches.Want(zone, 0);
  EXPECT_EQ(fetches.Ask(0, At(1)), (Zones{"a", "b"}));
  EXPECT_EQ(fetches.Ask(0, At(1)), Zones());
  fetches.Take("a");
  EXPECT_EQ(fetches.Ask(0, At(2)), Zones{"c"});
  EXPECT_EQ(fetches.Find("c")->asked_at, At(2));
}

TEST(FetchesTest, WaitsUntilAZoneIsDue) {
  Fetches fetches(2);
  fetches.Want("a", 100);
  EXPECT_EQ(fetches.Ask(99, At(1)), Zones());
  EXPECT_EQ(fetches.Ask(100, At(1)), Zones{"a"});
}

TEST(FetchesTest, WantsAZoneOnce) {
  Fetches fetches(4);
  fetches.Want("a", 0);
  fetches.Want("a", 5);
  EXPECT_EQ(fetches.Ask(10, At(1)), Zones{"a"});
  fetches.Want("a", 0);
  EXPECT_EQ(fetches.Ask(10, At(1)), Zones());
}

TEST(FetchesTest, ForgetsAZone) {
  Fetches fetches(4);
  fetches.Want("a", 0);
  fetches.Forget("a");
  EXPECT_EQ(fetches.Ask(0, At(1)), Zones());
  fetches.Want("b", 0);
  fetches.Ask(0, At(1));
  fetches.Forget("b");
  EXPECT_EQ(fetches.Find("b"), nullptr);
}

TEST(FetchesTest, ASnapshotIsRipeOnceItIsWholeAndNotAheadOfTheCursor) {
  Fetches fetches(4);
  fetches.Want("a", 0);
  fetches.Ask(0, At(1));
  Fetch* fetch = fetches.Find("a");
  fetch->as_of = At(5);
  EXPECT_EQ(fetches.Ripe(At(9)), Zones());
  fetch->whole = true;
  EXPECT_EQ(fetches.Ripe(At(4)), Zones());
  EXPECT_EQ(fetches.Ripe(At(5)), Zones{"a"});
}

TEST(FetchesTest, OneThatIsWantedLaterCanBeHurried) {
  Fetches fetches(4);
  fetches.Want("a", 100);
  fetches.Hurry("a", 20);
  fetches.Hurry("a", 50);
  EXPECT_EQ(fetches.Ask(19, At(1)), Zones());
  EXPECT_EQ(fetches.Ask(20, At(1)), Zones{"a"});
  fetches.Hurry("a", 20);
  EXPECT_EQ(fetches.Ask(100, At(1)), Zones());
}

TEST(FetchesTest, ARestartGivesTheStagesBackAndAsksAgain) {
  Fetches fetches(4);
  fetches.Want("a", 0);
  fetches.Want("b", 0);
  fetches.Ask(0, At(1));
  fetches.Find("a")->stage.emplace("a", 7);
  const std::vector<NodeStage> stages = fetches.Restart(20);
  ASSERT_EQ(stages.size(), 1u);
  EXPECT_EQ(stages[0].generation(), 7u);
  EXPECT_EQ(fetches.Ask(19, At(1)), Zones());
  EXPECT_EQ(fetches.Ask(20, At(1)), (Zones{"a", "b"}));
}

}  // namespace
}  // namespace quartet::replication
