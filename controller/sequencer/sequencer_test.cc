#include "controller/sequencer/sequencer.h"

#include <optional>
#include <string>
#include <vector>

#include "controller/sequencer/first_entry.h"
#include "controller/sequencer/plan_fixture.h"
#include "gtest/gtest.h"
#include "replication/entry/entry.h"
#include "replication/log/embedded_log.h"
#include "replication/replica/apply.h"
#include "replication/restore/new_epoch.h"
#include "replication/restore/restore_row.h"

namespace quartet::controller {
namespace {

using replication::Log;
using replication::Position;
using replication::SealedEntry;

// A node object: stands for any entry.
Plan NodePlan(const std::string& id, uint64_t revision) {
  Plan plan;
  stored::v1::ObjectEffect& object = *plan.entry.add_effects()->mutable_object();
  object.set_kind(stored::v1::OBJECT_KIND_NODE);
  object.set_id(id);
  object.set_revision(revision);
  object.set_row("row");
  return plan;
}

// Makes the node, or refuses if it is there.
PlanFn MakeNode(const std::string& id) {
  return [id](const PlanContext& context) -> absl::StatusOr<Plan> {
    const auto there = replication::FullView(context.view).GetObject(stored::v1::OBJECT_KIND_NODE, id);
    if (!there.ok()) return there.status();
    if (there->has_value()) return absl::AlreadyExistsError(id);
    Plan plan = NodePlan(id, 1);
    plan.entry.mutable_header()->set_change_id("C-" + id);
    return plan;
  };
}

Proposal Request(const std::string& id, const std::string& hash, PlanFn plan) {
  Proposal proposal;
  proposal.account = "acc";
  proposal.principal = "p";
  proposal.request_id = id;
  proposal.request_hash = hash;
  proposal.plan = std::move(plan);
  return proposal;
}

// A log whose next append can be made to fail.
class BrokenLog : public Log {
 public:
  enum class Append { kWorks, kLosesReply, kFails };

  explicit BrokenLog(Log& log) : log_(log) {}

  absl::StatusOr<Head> ReadHead() const override {
    if (!reads) return absl::UnavailableError("the disk does not answer");
    return log_.ReadHead();
  }
  absl::StatusOr<uint64_t> BeginTerm() override { return log_.BeginTerm(); }
  absl::Status Append(const Position& expected, uint64_t term, std::span<const SealedEntry> entries,
                      const store::Batch& effects) override {
    const enum Append mode = append;
    append = Append::kWorks;
    if (mode == Append::kFails) return absl::UnavailableError("nothing was written");
    const absl::Status status = log_.Append(expected, term, entries, effects);
    return mode == Append::kLosesReply ? absl::UnavailableError("the reply was lost") : status;
  }
  absl::StatusOr<std::vector<SealedEntry>> Read(uint64_t after, size_t bytes) const override {
    return log_.Read(after, bytes);
  }
  absl::StatusOr<Position> PositionAt(uint64_t index) const override { return log_.PositionAt(index); }
  absl::StatusOr<uint64_t> FirstIndex() const override { return log_.FirstIndex(); }
  absl::Status Trim(const Position& expected, uint64_t term, uint64_t upto) override {
    return log_.Trim(expected, term, upto);
  }

  enum Append append = Append::kWorks;
  bool reads = true;

 private:
  Log& log_;
};

class SequencerTest : public PlanTest {
 protected:
  bool HasNode(const std::string& id) {
    return (*view_.GetObject(stored::v1::OBJECT_KIND_NODE, id)).has_value();
  }

  // Puts a broken log between the sequencer and the real one.
  void Break() {
    broken_.emplace(*log_);
    sequencer_ = std::move(Sequencer::Open(*broken_, store_, clock_, random_, {.controller = "c-1"})).value();
    sequencer_->Flush();
  }

  std::optional<BrokenLog> broken_;
};

TEST_F(SequencerTest, ANewLogBeginsWithSecretsAndStripes) {
  EXPECT_EQ(sequencer_->head().index, 1u);
  EXPECT_EQ(replication::ReadDigestKey(store_)->id, 1u);
  EXPECT_TRUE((*view_.GetObject(stored::v1::OBJECT_KIND_SECRET, kAssignmentSecret)).has_value());
  EXPECT_EQ(view_.ListObjects(stored::v1::OBJECT_KIND_STRIPE)->size(), 4u);
}

TEST_F(SequencerTest, EveryTermBeginsWithAnEntryOfItsOwn) {
  const uint64_t term = sequencer_->term();
  const std::string key = replication::ReadDigestKey(store_)->key;
  Reopen();
  EXPECT_GT(sequencer_->term(), term);
  EXPECT_EQ(sequencer_->head().index, 2u);
  EXPECT_EQ(replication::ReadDigestKey(store_)->key, key);
  const Sequencer::Flushed flushed = sequencer_->Flush();
  ASSERT_EQ(flushed.committed.size(), 1u);
  EXPECT_EQ(flushed.committed[0].entry.effects(0).term().controller(), "c-1");
}

TEST_F(SequencerTest, ATermAbortsTheStagesThatAreOpen) {
  const std::string zone_id = "Z0000000000001";
  Proposal proposal;
  proposal.plan = [&](const PlanContext&) {
    Plan plan;
    plan.entry.mutable_header()->add_targets("ns-1");
    stored::v1::StageEffect& effect = *plan.entry.add_effects()->mutable_stage();
    effect.set_zone_id(zone_id);
    effect.set_digest_key_id(1);
    effect.add_puts()->set_key("key");
    return plan;
  };
  sequencer_->Add(std::move(proposal), [](const absl::StatusOr<Outcome>&) {});
  sequencer_->Flush();
  ASSERT_TRUE(view_.Stage(zone_id)->has_value());
  Reopen();
  EXPECT_FALSE(view_.Stage(zone_id)->has_value());
  EXPECT_FALSE((*view_.GetRecord(zone_id, 1, "key")).has_value());
  const Sequencer::Flushed flushed = sequencer_->Flush();
  ASSERT_EQ(flushed.committed.size(), 1u);
  const stored::v1::Entry& entry = flushed.committed[0].entry;
  EXPECT_EQ(entry.header().targets(0), "ns-1");
  EXPECT_EQ(entry.header().min_reader(), 2u);
  EXPECT_EQ(entry.effects(1).abort().zone_id(), zone_id);
}

TEST_F(SequencerTest, ARestoredStateTakesNothingBeforeItIsConfirmed) {
  ASSERT_TRUE(Commit(MakeNode("n1")).ok());
  sequencer_.reset();
  clock_.now_us -= 1'000'000;
  const uint64_t epoch = log_->ReadHead()->position.epoch + 1;
  ASSERT_TRUE(replication::BeginEpoch(store_, epoch, {}).ok());
  Reopen();
  const absl::StatusOr<Outcome> refused = Commit(MakeNode("n2"));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition) << refused.status();
  sequencer_->Probe();
  EXPECT_EQ(sequencer_->head(), (Position{epoch, 0, {}}));
  EXPECT_EQ(log_->ReadHead()->term, 1u);
  EXPECT_FALSE(sequencer_->read_only_reason().empty());

  const int64_t last_time = (*replication::ReadRestore(store_))->last_time_us();
  ASSERT_TRUE(replication::ConfirmRestore(store_, "quartet://admin/a", 1).ok());
  TakeCommitted();
  const absl::StatusOr<Outcome> taken = Commit(MakeNode("n2"));
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->position.epoch, epoch);
  EXPECT_EQ(taken->position.index, 2u);
  const std::vector<Sequencer::Committed> committed = TakeCommitted();
  ASSERT_EQ(committed.size(), 2u);
  EXPECT_EQ(committed[0].entry.header().term(), 2u);
  EXPECT_EQ(committed[0].entry.header().time_us(), last_time);
}

TEST_F(SequencerTest, AGroupIsOneAppendAndSeesItself) {
  std::vector<absl::StatusOr<Outcome>> results;
  for (const char* id : {"n1", "n2", "n1"}) {
    Proposal proposal;
    proposal.plan = MakeNode(id);
    sequencer_->Add(std::move(proposal),
                    [&](const absl::StatusOr<Outcome>& outcome) { results.push_back(outcome); });
  }
  EXPECT_FALSE(HasNode("n1"));
  Sequencer::Flushed flushed = sequencer_->Flush();
  // The first entry of the term is told here too.
  ASSERT_EQ(flushed.committed.size(), 3u);
  EXPECT_EQ(flushed.committed[2].position, sequencer_->head());
  for (auto& settled : flushed.settled) settled.done(settled.result);
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0]->change_id, "C-n1");
  EXPECT_EQ(results[1]->position.index, results[0]->position.index + 1);
  EXPECT_TRUE(absl::IsAlreadyExists(results[2].status()));
  EXPECT_TRUE(HasNode("n1"));
}

TEST_F(SequencerTest, EntriesSayWhoAskedAndWhen) {
  ASSERT_TRUE(Commit(Request("r1", "h1", MakeNode("n1"))).ok());
  const auto entries = *log_->Read(sequencer_->head().index - 1, 1);
  const auto entry = *replication::OpenEntry(entries[0].bytes);
  EXPECT_EQ(entry.header().account(), "acc");
  EXPECT_EQ(entry.header().principal(), "p");
  EXPECT_EQ(entry.header().request_id(), "r1");
  EXPECT_EQ(entry.header().request_hash(), "h1");
  EXPECT_EQ(entry.header().time_us(), clock_.now_us);
  EXPECT_EQ(entry.header().term(), sequencer_->term());
  EXPECT_EQ(entry.header().min_reader(), 1u);
}

TEST_F(SequencerTest, TimeNeverFallsNotEvenOverARestart) {
  ASSERT_TRUE(Commit(MakeNode("n1")).ok());
  const int64_t time = clock_.now_us;
  clock_.now_us -= 1'000'000;
  ASSERT_TRUE(Commit(MakeNode("n2")).ok());
  Reopen();
  ASSERT_TRUE(Commit(MakeNode("n3")).ok());
  for (const auto& committed : TakeCommitted()) EXPECT_EQ(committed.entry.header().time_us(), time);
}

TEST_F(SequencerTest, AnEntryThatIsTooLargeIsRefusedAlone) {
  const auto large = Commit([](const PlanContext&) -> absl::StatusOr<Plan> {
    Plan plan = NodePlan("big", 1);
    plan.entry.mutable_effects(0)->mutable_object()->set_row(std::string(1 << 20, 'x'));
    return plan;
  });
  EXPECT_TRUE(absl::IsResourceExhausted(large.status())) << large.status();
  EXPECT_TRUE(Commit(MakeNode("n1")).ok());
}

TEST_F(SequencerTest, APlanThatCannotBeAppliedLeavesNoTrace) {
  const auto wrong = Commit([](const PlanContext&) -> absl::StatusOr<Plan> { return NodePlan("n1", 5); });
  EXPECT_EQ(wrong.status().code(), absl::StatusCode::kInternal);
  EXPECT_FALSE(HasNode("n1"));
  EXPECT_TRUE(Commit(MakeNode("n1")).ok());
}

TEST_F(SequencerTest, APlanWithoutEffectsAppendsNothing) {
  const Position head = sequencer_->head();
  const auto outcome = Commit([](const PlanContext&) -> absl::StatusOr<Plan> { return Plan(); });
  ASSERT_TRUE(outcome.ok());
  EXPECT_FALSE(outcome->appended);
  EXPECT_EQ(sequencer_->head(), head);
}

TEST_F(SequencerTest, TheSameRequestGetsTheFirstOnesOutcome) {
  const auto first = Commit(Request("r1", "h1", MakeNode("n1")));
  ASSERT_TRUE(first.ok());
  const auto again = Commit(Request("r1", "h1", MakeNode("n1")));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->duplicate);
  EXPECT_EQ(again->change_id, first->change_id);
  EXPECT_TRUE(absl::IsAlreadyExists(Commit(Request("r1", "other", MakeNode("n2"))).status()));
  EXPECT_FALSE(HasNode("n2"));
  Reopen();
  EXPECT_TRUE(Commit(Request("r1", "h1", MakeNode("n1")))->duplicate);
}

TEST_F(SequencerTest, ADuplicateInFlightWaitsForTheFirst) {
  std::vector<absl::StatusOr<Outcome>> results;
  for (int i = 0; i < 2; ++i) {
    sequencer_->Add(Request("r1", "h1", MakeNode("n1")),
                    [&](absl::StatusOr<Outcome> outcome) { results.push_back(std::move(outcome)); });
  }
  EXPECT_TRUE(results.empty());
  for (auto& settled : sequencer_->Flush().settled) settled.done(settled.result);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_FALSE(results[0]->duplicate);
  EXPECT_TRUE(results[1]->duplicate);
  EXPECT_EQ(results[1]->change_id, results[0]->change_id);
}

TEST_F(SequencerTest, RefusalsAreNotRemembered) {
  ASSERT_TRUE(Commit(MakeNode("n1")).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(Commit(Request("r1", "h1", MakeNode("n1"))).status()));
  EXPECT_TRUE(Commit(Request("r1", "h2", MakeNode("n2"))).ok());
}

TEST_F(SequencerTest, ARequestIdIsFreeAgainAfterAnHour) {
  ASSERT_TRUE(Commit(Request("r1", "h1", MakeNode("n1"))).ok());
  clock_.now_us += int64_t{3600} * 1'000'000;
  EXPECT_TRUE(Commit(Request("r1", "h2", MakeNode("n2"))).ok());
}

TEST_F(SequencerTest, AFullDiskIsSaidAndForgottenOnceItHasRoom) {
  store_.FailWrites(absl::ResourceExhaustedError("no space left on device"));
  const auto refused = Commit(MakeNode("n1"));
  EXPECT_TRUE(absl::IsResourceExhausted(refused.status())) << refused.status();
  EXPECT_NE(sequencer_->read_only_reason(), "");
  EXPECT_FALSE(HasNode("n1"));
  sequencer_->Probe();
  EXPECT_NE(sequencer_->read_only_reason(), "");
  store_.FailWrites(absl::OkStatus());
  sequencer_->Probe();
  EXPECT_EQ(sequencer_->read_only_reason(), "");
  EXPECT_TRUE(Commit(MakeNode("n1")).ok());
}

TEST_F(SequencerTest, ARefusalDoesNotOutliveTheEntryItRestedOn) {
  std::vector<absl::StatusOr<Outcome>> results;
  for (int i = 0; i < 2; ++i) {
    Proposal proposal;
    proposal.plan = MakeNode("n1");
    sequencer_->Add(std::move(proposal),
                    [&](const absl::StatusOr<Outcome>& outcome) { results.push_back(outcome); });
  }
  store_.FailWrites(absl::ResourceExhaustedError("full"));
  for (auto& settled : sequencer_->Flush().settled) settled.done(settled.result);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_TRUE(absl::IsResourceExhausted(results[0].status()));
  EXPECT_TRUE(absl::IsResourceExhausted(results[1].status()));
}

TEST_F(SequencerTest, StartsOnAFullDiskAndLeadsLater) {
  store_.FailWrites(absl::ResourceExhaustedError("full"));
  Reopen();
  EXPECT_NE(sequencer_->read_only_reason(), "");
  EXPECT_TRUE(absl::IsResourceExhausted(Commit(MakeNode("n1")).status()));
  store_.FailWrites(absl::OkStatus());
  EXPECT_TRUE(Commit(MakeNode("n1")).ok());
  EXPECT_EQ(sequencer_->read_only_reason(), "");
}

TEST_F(SequencerTest, AnAppendWhoseReplyWasLostIsFoundInTheLog) {
  Break();
  broken_->append = BrokenLog::Append::kLosesReply;
  const auto outcome = Commit(MakeNode("n1"));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(sequencer_->head(), outcome->position);
  EXPECT_TRUE(HasNode("n1"));
  EXPECT_TRUE(Commit(MakeNode("n2")).ok());
}

TEST_F(SequencerTest, AnAppendThatDidNotHappenIsRefusedAndTheNextOneWorks) {
  Break();
  broken_->append = BrokenLog::Append::kFails;
  EXPECT_FALSE(Commit(MakeNode("n1")).ok());
  EXPECT_FALSE(HasNode("n1"));
  EXPECT_TRUE(Commit(MakeNode("n1")).ok());
}

TEST_F(SequencerTest, NothingIsPlannedUntilAnUnknownAppendIsSettled) {
  Break();
  TakeCommitted();
  broken_->append = BrokenLog::Append::kLosesReply;
  broken_->reads = false;
  EXPECT_TRUE(absl::IsUnavailable(Commit(Request("r1", "h1", MakeNode("n1"))).status()));
  bool planned = false;
  const auto blocked = Commit([&](const PlanContext&) -> absl::StatusOr<Plan> {
    planned = true;
    return Plan();
  });
  EXPECT_TRUE(absl::IsUnavailable(blocked.status()));
  EXPECT_FALSE(planned);
  EXPECT_TRUE(TakeCommitted().empty());
  broken_->reads = true;
  const auto again = Commit(Request("r1", "h1", MakeNode("n1")));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->duplicate);
  // The feed hears of the entry all the same.
  EXPECT_EQ(TakeCommitted().size(), 1u);
}

TEST_F(SequencerTest, ADeposedSequencerRefusesForEver) {
  const std::unique_ptr<Sequencer> old = std::move(sequencer_);
  sequencer_ = std::move(Sequencer::Open(*log_, store_, clock_, random_, {.controller = "c-2"})).value();
  absl::StatusOr<Outcome> result;
  Proposal proposal;
  proposal.plan = MakeNode("n1");
  old->Add(std::move(proposal), [&](absl::StatusOr<Outcome> outcome) { result = std::move(outcome); });
  for (auto& settled : old->Flush().settled) settled.done(settled.result);
  EXPECT_TRUE(absl::IsUnavailable(result.status())) << result.status();
  EXPECT_FALSE(HasNode("n1"));
  old->Probe();
  EXPECT_NE(old->read_only_reason(), "");
  EXPECT_TRUE(Commit(MakeNode("n1")).ok());
}

TEST_F(SequencerTest, AcknowledgedEntriesSurviveACrash) {
  ASSERT_TRUE(Commit(MakeNode("n1")).ok());
  sequencer_.reset();
  log_.reset();
  store_.Crash(0);
  Reopen();
  EXPECT_TRUE(HasNode("n1"));
}

}  // namespace
}  // namespace quartet::controller
