#include "controller/assignment/move_tracker.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

using Stage = MoveState::Stage;
using Step = MoveTracker::Step;

class MoveTrackerTest : public ::testing::Test {
 protected:
  static MoveState Joining() { return {Stage::kJoining, 2, {"ns-1"}, INT64_MAX}; }
  static MoveState Leaving() { return {Stage::kLeaving, 3, {}, INT64_MAX}; }
  static MoveState Until(int64_t until_us) { return {Stage::kNone, 0, {}, until_us}; }

  // "serve Z1, remove Z2".
  std::string Take(int64_t now_us, size_t most = 100) {
    std::string text;
    const auto due = tracker_.Take(now_us, most, [&](const std::string&, const ZonePoint& point) {
      return served_.contains(point.zone_id) && point.revision == 2;
    });
    for (const MoveTracker::Due& one : due) {
      text += text.empty() ? "" : ", ";
      text += one.step == Step::kServe ? "serve " : one.step == Step::kRetire ? "retire " : "remove ";
      text += one.zone_id;
    }
    return text;
  }

  MoveTracker tracker_;
  std::set<std::string> served_;
};

TEST_F(MoveTrackerTest, AJoinerIsLookedAtWhenNodesMove) {
  tracker_.Note("Z1", 2, Joining(), {7, "", false}, 100);
  EXPECT_EQ(Take(100), "");
  served_.insert("Z1");
  EXPECT_EQ(Take(200), "") << "nothing has moved since";
  tracker_.NodesMoved(300);
  EXPECT_EQ(Take(300), "serve Z1");
  tracker_.NodesMoved(301);
  EXPECT_EQ(Take(301), "") << "its plan is on its way";
}

TEST_F(MoveTrackerTest, WhatWasNotHeardIsLookedAtLater) {
  tracker_.Note("Z1", 2, Joining(), {7, "", false}, 100);
  tracker_.Note("Z2", 3, Leaving(), {8, "C2", false}, 100);
  EXPECT_EQ(Take(100), "");
  served_.insert("Z1");
  EXPECT_EQ(tracker_.next_us(), 100 + MoveTracker::kLookAgainUs);
  EXPECT_EQ(Take(100 + MoveTracker::kLookAgainUs), "serve Z1, retire Z2");
}

TEST_F(MoveTrackerTest, TheOldOnesRetireOnceTheChangeIsInsync) {
  tracker_.Note("Z1", 3, Leaving(), {8, "C1", false}, 100);
  EXPECT_EQ(Take(100), "");
  tracker_.Insync("C2", 110);
  EXPECT_EQ(Take(110), "");
  tracker_.Insync("C1", 120);
  EXPECT_EQ(Take(120), "retire Z1");
}

TEST_F(MoveTrackerTest, OneWhoseChangeWasInsyncWhenItWasReadRetiresAtOnce) {
  tracker_.Note("Z1", 3, Leaving(), {8, "C1", true}, 100);
  EXPECT_EQ(Take(100), "retire Z1");
}

TEST_F(MoveTrackerTest, AStepThatCouldNotBeMadeIsTriedAgain) {
  tracker_.Note("Z1", 5, Until(500), {}, 100);
  EXPECT_EQ(Take(499), "");
  EXPECT_EQ(Take(500), "remove Z1");
  tracker_.Settled("Z1", false, 600);
  EXPECT_EQ(Take(601), "");
  EXPECT_EQ(Take(600 + MoveTracker::kTryAgainUs), "remove Z1");
}

TEST_F(MoveTrackerTest, AZoneThatHasMovedIsForgotten) {
  tracker_.Note("Z1", 5, Until(500), {}, 100);
  EXPECT_EQ(Take(500), "remove Z1");
  tracker_.Settled("Z1", true, 600);
  tracker_.Note("Z1", 6, MoveState(), {}, 600);
  EXPECT_EQ(tracker_.size(), 0u);
  EXPECT_EQ(tracker_.next_us(), INT64_MAX);
}

TEST_F(MoveTrackerTest, AnOlderRevisionIsIgnored) {
  tracker_.Note("Z1", 5, Until(500), {}, 100);
  tracker_.Note("Z1", 4, Leaving(), {8, "C1", true}, 100);
  EXPECT_EQ(Take(100), "");
  EXPECT_EQ(Take(500), "remove Z1");
}

TEST_F(MoveTrackerTest, OthersRetireWhileSomeJoin) {
  MoveState both = Joining();
  both.until_us = 500;
  tracker_.Note("Z1", 5, both, {7, "", false}, 100);
  EXPECT_EQ(Take(100), "");
  EXPECT_EQ(Take(500), "remove Z1");
}

TEST_F(MoveTrackerTest, NoMoreAreTakenThanAskedFor) {
  for (int i = 0; i < 10; ++i) tracker_.Note("Z" + std::to_string(i), 5, Until(500), {}, 100);
  EXPECT_EQ(Take(500, 2), "remove Z0, remove Z1");
  EXPECT_EQ(Take(500, 1), "remove Z2");
}

}  // namespace
}  // namespace quartet::controller
