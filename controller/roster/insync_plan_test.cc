#include "controller/roster/insync_plan.h"

#include <string>
#include <vector>

#include "controller/roster/insync_driver.h"
#include "controller/roster/roster_plans.h"
#include "controller/sequencer/ids.h"
#include "controller/sequencer/plan_fixture.h"
#include "controller/zones/zone_plans.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

using replication::NodeProgress;

// A driver whose proposals are committed one after another by hand.
class InsyncPlanTest : public PlanTest {
 protected:
  InsyncPlanTest() {
    MakeNameservers(1);
    for (const char* stripe : {"a", "b", "c", "d"})
      AddNode(std::string("n-") + stripe, std::string("ns-") + stripe + "0");
    driver_ = std::move(InsyncDriver::Open(store_, sequencer_->head())).value();
    driver_->set_propose([this](Proposal proposal, Sequencer::Done done) {
      waiting_.emplace_back(std::move(proposal), std::move(done));
    });
    TakeCommitted();
  }

  void AddNode(const std::string& id, const std::string& nameserver) {
    const auto made = Commit([&](const PlanContext& context) { return PlanNode(context, id, nameserver); });
    ASSERT_TRUE(made.ok()) << made.status();
  }

  // Commits what the driver proposed, until it proposes no more.
  void Settle() {
    while (!waiting_.empty()) {
      auto [proposal, done] = std::move(waiting_.front());
      waiting_.erase(waiting_.begin());
      absl::StatusOr<Outcome> outcome = Commit(std::move(proposal));
      Tell();
      done(std::move(outcome));
    }
  }
  void Tell() { driver_->Committed(TakeCommitted()); }

  void Ack(const std::string& node, uint64_t index,
           const std::vector<replication::ZoneException>& exceptions = {}) {
    NodeProgress progress;
    progress.node = node;
    progress.nameserver = ReadRoster(store_)->nodes.at(node).row.nameserver();
    progress.connected = true;
    progress.acknowledged = true;
    progress.epoch = sequencer_->head().epoch;
    progress.acknowledged_index = index;
    progress.exceptions = exceptions;
    driver_->OnProgress({progress});
  }
  void AckAll(uint64_t index) {
    for (const char* node : {"n-a", "n-b", "n-c", "n-d"}) Ack(node, index);
  }

  std::string MakeZone(const std::string& name) {
    const NewZone zone{*dns::Name::Parse(name), "", "", {}};
    const auto made = Commit([&](const PlanContext& context) {
      return PlanNewZone(context, zone, [](const std::string&) { return 0; });
    });
    EXPECT_TRUE(made.ok()) << made.status();
    Tell();
    return made->change_id;
  }

  bool IsInsync(const std::string& change) { return (*view_.Change(change))->insync_time_us() != 0; }
  bool IsCountedNode(const std::string& node) { return IsCounted(ReadRoster(store_)->nodes.at(node).row); }

  std::vector<std::pair<Proposal, Sequencer::Done>> waiting_;
  std::unique_ptr<InsyncDriver> driver_;
};

TEST_F(InsyncPlanTest, NodesAreCountedThenChangesBecomeInsync) {
  AckAll(sequencer_->head().index);
  Settle();
  for (const char* node : {"n-a", "n-b", "n-c", "n-d"}) EXPECT_TRUE(IsCountedNode(node));
  const std::string change = MakeZone("example.com.");
  const uint64_t index = (*view_.Change(change))->index();
  Ack("n-a", index);
  Ack("n-b", index);
  Ack("n-c", index);
  Settle();
  EXPECT_FALSE(IsInsync(change));
  EXPECT_EQ(driver_->pending_changes(), 1u);
  Ack("n-d", index);
  Settle();
  EXPECT_TRUE(IsInsync(change));
  EXPECT_EQ(driver_->pending_changes(), 0u);
  EXPECT_TRUE(view_.PendingChanges()->empty());
}

TEST_F(InsyncPlanTest, WhatBecomesTrueMeanwhileIsTheNextProposal) {
  AckAll(sequencer_->head().index);
  Settle();
  const std::string one = MakeZone("one.test.");
  const std::string two = MakeZone("two.test.");
  AckAll((*view_.Change(one))->index());
  AckAll((*view_.Change(two))->index());
  EXPECT_EQ(waiting_.size(), 1u);
  Settle();
  EXPECT_TRUE(IsInsync(one));
  EXPECT_TRUE(IsInsync(two));
}

TEST_F(InsyncPlanTest, ANodeCountedInFlightStopsWhatItDoesNotServe) {
  AckAll(sequencer_->head().index);
  Settle();
  const std::string change = MakeZone("example.com.");
  AckAll((*view_.Change(change))->index());
  ASSERT_EQ(waiting_.size(), 1u);
  // Before that is sequenced, another node of ns-a0 is counted that has acknowledged nothing.
  AddNode("n-x", "ns-a0");
  Tell();
  ASSERT_TRUE(Commit([](const PlanContext& context) { return PlanCounted(context, "n-x"); })->appended);
  Settle();
  EXPECT_FALSE(IsInsync(change));
  Ack("n-x", (*view_.Change(change))->index());
  Settle();
  EXPECT_TRUE(IsInsync(change));
}

TEST_F(InsyncPlanTest, WhatIsTrueAgainBeforeAProposalEndedIsNotForgotten) {
  AckAll(sequencer_->head().index);
  Settle();
  const std::string change = MakeZone("example.com.");
  const uint64_t index = (*view_.Change(change))->index();
  const std::string zone = (*view_.Change(change))->zone_id();
  AckAll(index);
  ASSERT_EQ(waiting_.size(), 1u);
  auto [proposal, done] = std::move(waiting_.front());
  waiting_.clear();
  // A node takes the zone back, so that the proposal finds nothing to log, and serves it before that is known.
  Ack("n-a", index, {{zone, 0, "being loaded"}});
  absl::StatusOr<Outcome> outcome = Commit(std::move(proposal));
  ASSERT_TRUE(outcome.ok());
  EXPECT_FALSE(outcome->appended);
  Ack("n-a", index);
  done(std::move(outcome));
  Settle();
  EXPECT_TRUE(IsInsync(change));
}

TEST_F(InsyncPlanTest, AFailedProposalIsMadeAgain) {
  AckAll(sequencer_->head().index);
  Settle();
  const std::string change = MakeZone("example.com.");
  AckAll((*view_.Change(change))->index());
  store_.FailWrites(absl::ResourceExhaustedError("full"));
  Settle();
  EXPECT_FALSE(IsInsync(change));
  EXPECT_TRUE(waiting_.empty()) << "it does not ask in circles";
  store_.FailWrites(absl::OkStatus());
  driver_->Committed({});
  Settle();
  EXPECT_TRUE(IsInsync(change));
}

TEST_F(InsyncPlanTest, ARestartedControllerGoesOn) {
  AckAll(sequencer_->head().index);
  Settle();
  const std::string change = MakeZone("example.com.");
  Reopen();
  driver_ = std::move(InsyncDriver::Open(store_, sequencer_->head())).value();
  driver_->set_propose([this](Proposal proposal, Sequencer::Done done) {
    waiting_.emplace_back(std::move(proposal), std::move(done));
  });
  EXPECT_EQ(driver_->pending_changes(), 1u);
  AckAll(sequencer_->head().index);
  Settle();
  EXPECT_TRUE(IsInsync(change));
}

TEST_F(InsyncPlanTest, ADeletionIsAChangeLikeAnyOther) {
  AckAll(sequencer_->head().index);
  Settle();
  const std::string made = MakeZone("example.com.");
  const std::string zone = (*view_.Change(made))->zone_id();
  const auto deleted =
      Commit([&](const PlanContext& context) { return PlanZoneDeletion(context, zone, false); });
  ASSERT_TRUE(deleted.ok());
  Tell();
  AckAll(sequencer_->head().index);
  Settle();
  EXPECT_TRUE(IsInsync(made));
  EXPECT_TRUE(IsInsync(deleted->change_id));
}

TEST_F(InsyncPlanTest, AWatchHearsOfProgressAndOfInsync) {
  AckAll(sequencer_->head().index);
  Settle();
  const std::string change = MakeZone("example.com.");
  const auto row = **view_.Change(change);
  int moved = 0;
  auto watch = driver_->watches().AddChange(*ReadTracked(store_, row), [&] { ++moved; });
  Ack("n-a", row.index());
  EXPECT_EQ(moved, 1);
  Ack("n-a", row.index() + 1);
  EXPECT_EQ(moved, 1) << "it served the change already";
  for (const char* node : {"n-b", "n-c", "n-d"}) Ack(node, row.index());
  EXPECT_EQ(moved, 4);
  Settle();
  EXPECT_EQ(moved, 5);
  watch.reset();
  Ack("n-a", 0);
  EXPECT_EQ(moved, 5);
}

TEST_F(InsyncPlanTest, AWatchOfNodesHearsOfMovesAndOfTheRoster) {
  int moved = 0;
  auto watch = driver_->watches().AddNodes([&] { ++moved; });
  Ack("n-a", 1);
  EXPECT_EQ(moved, 1);
  Ack("n-a", 1);
  EXPECT_EQ(moved, 1);
  AddNode("n-x", "ns-a0");
  Tell();
  EXPECT_EQ(moved, 2);
}

}  // namespace
}  // namespace quartet::controller
