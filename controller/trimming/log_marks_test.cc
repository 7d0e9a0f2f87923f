#include "controller/trimming/log_marks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quartet::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr uint64_t kEpoch = 7;
constexpr uint64_t kNobody = UINT64_MAX;

replication::NodeProgress Connected(const std::string& incarnation = "i") {
  replication::NodeProgress progress;
  progress.node = "n";
  progress.nameserver = "ns";
  progress.connected = true;
  progress.incarnation = incarnation;
  return progress;
}

replication::NodeProgress Acknowledged(uint64_t index, const std::string& incarnation = "i") {
  replication::NodeProgress progress = Connected(incarnation);
  progress.acknowledged = true;
  progress.epoch = kEpoch;
  progress.acknowledged_index = index;
  return progress;
}

replication::NodeProgress Away(replication::NodeProgress progress) {
  progress.connected = false;
  return progress;
}

TEST(LogMarks, ANodeThatWentAwayIsKeptItsPlace) {
  LogMarks marks(kEpoch, 0);
  marks.Enrolled("n", false, std::nullopt);
  marks.Progress(Acknowledged(30), 40);
  marks.Progress(Away(Acknowledged(30)), 50);
  EXPECT_EQ(marks.Lowest(), 30u);
}

TEST(LogMarks, TheSlowestNodeCounts) {
  LogMarks marks(kEpoch, 0);
  for (const char* node : {"a", "b", "c"}) {
    marks.Enrolled(node, false, std::nullopt);
    replication::NodeProgress progress = Acknowledged(node[0] == 'b' ? 10 : 20);
    progress.node = node;
    marks.Progress(progress, 30);
  }
  EXPECT_EQ(marks.Lowest(), 10u);
  marks.Gone("b");
  EXPECT_EQ(marks.Lowest(), 20u);
}

TEST(LogMarks, ANodeThatNeverCameHoldsNothing) {
  LogMarks marks(kEpoch, 0);
  marks.Enrolled("n", false, std::nullopt);
  EXPECT_EQ(marks.Lowest(), kNobody);
}

TEST(LogMarks, ANodeThatIsBeingFilledHoldsWhatCameSince) {
  LogMarks marks(kEpoch, 0);
  marks.Enrolled("n", false, std::nullopt);
  marks.Progress(Connected(), 40);
  EXPECT_EQ(marks.Lowest(), 40u);
  marks.Progress(Connected(), 60);
  EXPECT_EQ(marks.Lowest(), 40u);
  marks.Progress(Acknowledged(55), 60);
  EXPECT_EQ(marks.Lowest(), 55u);
}

TEST(LogMarks, ANodeThatLeavesBeforeItIsFilledHoldsNothing) {
  LogMarks marks(kEpoch, 0);
  marks.Enrolled("n", false, std::nullopt);
  marks.Progress(Connected(), 40);
  marks.Progress(Away(Connected()), 50);
  EXPECT_EQ(marks.Lowest(), kNobody);
}

TEST(LogMarks, AnEmptiedDiskForgetsItsPlace) {
  LogMarks marks(kEpoch, 0);
  marks.Enrolled("n", true, LogMark{"i", kEpoch, 30});
  marks.Progress(Connected("another"), 90);
  EXPECT_EQ(marks.Lowest(), 90u);
}

TEST(LogMarks, ARestartedControllerKnowsThePlaceOfANodeThatIsAway) {
  LogMarks marks(kEpoch, 10);
  marks.Enrolled("n", true, LogMark{"i", kEpoch, 30});
  EXPECT_EQ(marks.Lowest(), 30u);
  // It says Hello, and has acknowledged nothing to this controller yet.
  marks.Progress(Connected(), 90);
  EXPECT_EQ(marks.Lowest(), 30u);
  marks.Progress(Away(Connected()), 90);
  EXPECT_EQ(marks.Lowest(), 30u);
}

TEST(LogMarks, ACountedNodeWithoutAStoredMarkMayBeAnywhere) {
  LogMarks marks(kEpoch, 10);
  marks.Enrolled("n", true, std::nullopt);
  EXPECT_EQ(marks.Lowest(), 10u);
  marks.Progress(Connected(), 90);
  EXPECT_EQ(marks.Lowest(), 10u);
  marks.Progress(Acknowledged(80), 90);
  EXPECT_EQ(marks.Lowest(), 80u);
}

TEST(LogMarks, AMarkOfAnotherEpochHoldsNothing) {
  LogMarks marks(kEpoch, 0);
  marks.Enrolled("n", true, LogMark{"i", kEpoch - 1, 30});
  EXPECT_EQ(marks.Lowest(), kNobody);
  marks.Progress(Connected(), 5);
  EXPECT_EQ(marks.Lowest(), 5u);
}

TEST(LogMarks, WhoWasPassedOverHoldsNothingAndIsTold) {
  LogMarks marks(kEpoch, 0);
  marks.Enrolled("n", true, LogMark{"i", kEpoch, 30});
  EXPECT_THAT(marks.Trimmed(30), IsEmpty());
  EXPECT_EQ(marks.Lowest(), 30u);
  EXPECT_THAT(marks.Trimmed(31), ElementsAre("n"));
  EXPECT_EQ(marks.Lowest(), kNobody);
  // It comes back, and gets an inventory.
  marks.Progress(Away(Acknowledged(30)), 80);
  EXPECT_EQ(marks.Lowest(), kNobody);
  marks.Progress(Acknowledged(30), 90);
  EXPECT_EQ(marks.Lowest(), 90u);
  marks.Progress(Acknowledged(95), 100);
  EXPECT_EQ(marks.Lowest(), 95u);
}

TEST(LogMarks, ADrainedNodeHoldsNothingAndItsRowGoes) {
  LogMarks marks(kEpoch, 0);
  marks.Enrolled("n", false, std::nullopt);
  marks.Progress(Acknowledged(30), 40);
  marks.TakeMoved(10);
  marks.Gone("n");
  EXPECT_EQ(marks.Lowest(), kNobody);
  const auto moved = marks.TakeMoved(10);
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(moved[0].second, std::nullopt);
  marks.Progress(Acknowledged(50), 60);
  EXPECT_EQ(marks.Lowest(), kNobody);
}

TEST(LogMarks, WhatMovedIsStoredOnceInPieces) {
  LogMarks marks(kEpoch, 0);
  for (const char* node : {"a", "b", "c"}) {
    marks.Enrolled(node, false, std::nullopt);
    replication::NodeProgress progress = Acknowledged(10);
    progress.node = node;
    marks.Progress(progress, 10);
    marks.Progress(progress, 10);
  }
  EXPECT_EQ(marks.TakeMoved(2).size(), 2u);
  EXPECT_EQ(marks.TakeMoved(2).size(), 1u);
  EXPECT_THAT(marks.TakeMoved(2), IsEmpty());
}

TEST(LogMarks, WhatIsStoredReachesABaseBeforeTheLogBeginsThere) {
  LogMarks marks(kEpoch, 0);
  marks.Enrolled("n", true, LogMark{"i", kEpoch, 30});
  marks.Progress(Acknowledged(60), 90);
  EXPECT_THAT(marks.TakeUnstored(30, 10), IsEmpty());
  const LogMarks::Rows rows = marks.TakeUnstored(50, 10);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].second->index, 60u);
  EXPECT_THAT(marks.TakeUnstored(50, 10), IsEmpty());
  // One that will be passed over need not be stored.
  EXPECT_THAT(marks.TakeUnstored(70, 10), IsEmpty());
  marks.NothingWasStored();
  EXPECT_EQ(marks.TakeUnstored(50, 10).size(), 1u);
}

TEST(LogMarks, AMarkComesBackFromItsRow) {
  const std::optional<LogMark> mark = DecodeMark(EncodeMark({"0123456789abcdef", 7, 42}));
  ASSERT_TRUE(mark.has_value());
  EXPECT_EQ(mark->incarnation, "0123456789abcdef");
  EXPECT_EQ(mark->epoch, 7u);
  EXPECT_EQ(mark->index, 42u);
  EXPECT_EQ(DecodeMark("short"), std::nullopt);
}

}  // namespace
}  // namespace quartet::controller
