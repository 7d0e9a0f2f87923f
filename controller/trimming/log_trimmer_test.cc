#include "controller/trimming/log_trimmer.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/roster/roster_plans.h"
#include "controller/sequencer/plan_fixture.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

constexpr uint64_t kLogBytes = 1 << 20;
constexpr size_t kEntryBytes = kLogBytes / 256;

// A sequencer whose log is trimmed after each commit, and node n of one nameserver.
class LogTrimmerTest : public PlanTest {
 protected:
  LogTrimmerTest() {
    MakeNameservers(1);
    Enrol("n");
    OpenTrimmer();
  }

  void OpenTrimmer() {
    TakeCommitted();
    trimmer_ = std::move(LogTrimmer::Open(*log_, store_, clock_, {.log_bytes = kLogBytes})).value();
  }

  void Restart() {
    trimmer_.reset();
    Reopen();
    sequencer_->Flush();
    OpenTrimmer();
  }

  void Enrol(const std::string& node) {
    ASSERT_TRUE(Commit([&](const PlanContext& context) { return PlanNode(context, node, "ns-a0"); }).ok());
  }

  // Entries of about a segment each.
  void Fill(int entries) {
    for (int i = 0; i < entries; ++i) {
      ASSERT_TRUE(Commit([&](const PlanContext&) -> absl::StatusOr<Plan> {
                    Plan plan;
                    stored::v1::ObjectEffect& object = *plan.entry.add_effects()->mutable_object();
                    object.set_kind(stored::v1::OBJECT_KIND_SECRET);
                    object.set_id("filler");
                    object.set_revision(++filler_);
                    object.set_row(std::string(kEntryBytes, 'x'));
                    return plan;
                  }).ok());
      Step();
    }
  }

  void Step() {
    trimmer_->Committed(TakeCommitted());
    trimmer_->Step(*sequencer_);
  }

  void Acknowledge(uint64_t index, bool connected = true) {
    replication::NodeProgress progress;
    progress.node = "n";
    progress.nameserver = "ns-a0";
    progress.connected = connected;
    progress.incarnation = "0123456789abcdef";
    progress.acknowledged = true;
    progress.epoch = sequencer_->head().epoch;
    progress.acknowledged_index = index;
    trimmer_->OnProgress({progress});
  }

  uint64_t head() const { return sequencer_->head().index; }
  uint64_t First() const { return log_->FirstIndex().value(); }

  std::unique_ptr<LogTrimmer> trimmer_;
  uint64_t filler_ = 0;
};

TEST_F(LogTrimmerTest, ALogThatNobodyNeedsIsKeptToAnEighth) {
  Fill(400);
  EXPECT_LE(trimmer_->bytes(), kLogBytes / 8 + 2 * kEntryBytes);
  EXPECT_GE(head() - First(), 30u);
  EXPECT_LE(head() - First(), 34u);
}

TEST_F(LogTrimmerTest, ANodeThatIsAwayKeepsItsPlaceAsLongAsItFits) {
  Fill(50);
  const uint64_t place = head();
  Acknowledge(place);
  Acknowledge(place, false);
  Fill(200);
  EXPECT_LE(First(), place + 1);
  EXPECT_TRUE(log_->PositionAt(place).ok());
  Fill(100);
  EXPECT_GT(First(), place + 1);
  EXPECT_LE(trimmer_->bytes(), kLogBytes + 2 * kEntryBytes);
}

TEST_F(LogTrimmerTest, ANodeThatIsBackLetsGoOfIt) {
  Acknowledge(head(), false);
  Fill(200);
  Acknowledge(head());
  Fill(1);
  EXPECT_GT(First(), head() - 40);
}

TEST_F(LogTrimmerTest, ARestartForgetsNoPlace) {
  Fill(20);
  const uint64_t place = head();
  Acknowledge(place, false);
  // Marks are stored now and then.
  clock_.now_us += 10'000'000;
  Fill(3);
  Restart();
  Fill(200);
  EXPECT_LE(First(), place + 1);
}

TEST_F(LogTrimmerTest, ACrashForgetsNoPlaceThatWasStoredBeforeASync) {
  Fill(20);
  const uint64_t place = head();
  Acknowledge(place, false);
  clock_.now_us += 10'000'000;
  // Stored with the first of them, synced by the second.
  Fill(2);
  trimmer_.reset();
  sequencer_.reset();
  log_.reset();
  store_.Crash(0);
  Restart();
  Fill(200);
  EXPECT_LE(First(), place + 1);
}

TEST_F(LogTrimmerTest, ARestartSoonAfterATrimForgetsNoPlace) {
  // Trims go by what it acknowledges, long before it is time to store that.
  Acknowledge(head());
  for (int i = 0; i < 200; ++i) {
    Fill(1);
    Acknowledge(head());
  }
  const uint64_t place = head();
  EXPECT_GT(First(), place - 40);
  Acknowledge(place, false);
  Restart();
  Fill(200);
  EXPECT_LE(First(), place + 1);
}

TEST_F(LogTrimmerTest, ManyMarksAreStoredBeforeATrimAFewAtATime) {
  for (int i = 0; i < 150; ++i) Enrol(absl::StrCat("m", i));
  Fill(1);
  auto held = trimmer_->Hold();
  Fill(100);
  std::vector<replication::NodeProgress> all;
  for (int i = 0; i < 150; ++i) {
    replication::NodeProgress progress;
    progress.node = absl::StrCat("m", i);
    progress.connected = true;
    progress.incarnation = "0123456789abcdef";
    progress.acknowledged = true;
    progress.epoch = sequencer_->head().epoch;
    progress.acknowledged_index = head();
    all.push_back(progress);
  }
  trimmer_->OnProgress(all);
  held.reset();
  const uint64_t first = First();
  Step();
  Step();
  EXPECT_EQ(First(), first);
  Step();
  EXPECT_GT(First(), head() - 40);
}

TEST_F(LogTrimmerTest, ARestartKnowsHowMuchThereIs) {
  Acknowledge(head(), false);
  Fill(150);
  const uint64_t before = trimmer_->bytes();
  Restart();
  // And the entry of a new term.
  EXPECT_GE(trimmer_->bytes(), before);
  EXPECT_LE(trimmer_->bytes(), before + kEntryBytes);
}

TEST_F(LogTrimmerTest, ALogWithoutStoredSizesIsMeasured) {
  Acknowledge(head(), false);
  Fill(150);
  const uint64_t before = trimmer_->bytes();
  store::Batch batch;
  batch.Delete("Lsizes");
  ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  Restart();
  EXPECT_GE(trimmer_->bytes(), before);
}

TEST_F(LogTrimmerTest, ADrainedNodeHoldsNothing) {
  Acknowledge(head(), false);
  Fill(100);
  ASSERT_TRUE(Commit([](const PlanContext& context) { return PlanCounted(context, "n"); }).ok());
  ASSERT_TRUE(Commit([](const PlanContext& context) { return PlanDrain(context, "n"); }).ok());
  Fill(1);
  EXPECT_LE(First(), 10u);
  ASSERT_TRUE(Commit([](const PlanContext& context) { return PlanDrained(context, "n"); }).ok());
  Fill(1);
  EXPECT_GT(First(), head() - 40);
}

TEST_F(LogTrimmerTest, NothingGoesWhileABackupReadsOn) {
  auto held = trimmer_->Hold();
  const uint64_t first = First();
  Fill(400);
  EXPECT_EQ(First(), first);
  held.reset();
  Fill(1);
  EXPECT_GT(First(), head() - 40);
}

TEST_F(LogTrimmerTest, AHoldMayOutliveIt) {
  const auto held = trimmer_->Hold();
  trimmer_.reset();
}

TEST_F(LogTrimmerTest, WhatCannotBeWrittenIsTrimmedLater) {
  auto held = trimmer_->Hold();
  Fill(100);
  held.reset();
  const uint64_t first = First();
  store_.FailWrites(absl::ResourceExhaustedError("the disk is full"));
  Step();
  EXPECT_EQ(First(), first);
  store_.FailWrites(absl::OkStatus());
  Step();
  EXPECT_GT(First(), head() - 40);
}

TEST_F(LogTrimmerTest, ADeposedControllerTrimsNothing) {
  auto held = trimmer_->Hold();
  Fill(100);
  held.reset();
  const uint64_t first = First();
  ASSERT_TRUE(log_->BeginTerm().ok());
  Step();
  EXPECT_EQ(First(), first);
  EXPECT_FALSE(sequencer_->read_only_reason().empty());
}

}  // namespace
}  // namespace quartet::controller
