#include "controller/roster/insync_tracker.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

using replication::NodeProgress;
using Ids = std::vector<std::string>;

constexpr uint64_t kEpoch = 7;

class InsyncTrackerTest : public ::testing::Test {
 protected:
  InsyncTrackerTest() {
    for (const char* ns : {"a", "b", "c", "d"})
      SetNode(std::string(ns) + "1", ns, stored::v1::NODE_STATE_COUNTED);
  }

  void SetNode(const std::string& id, const std::string& nameserver, stored::v1::NodeState state) {
    stored::v1::NodeRow& row = nodes_[id];
    row.set_id(id);
    row.set_nameserver(nameserver);
    row.set_state(state);
    Roster roster;
    for (const auto& [name, node] : nodes_) {
      roster.nodes[name].row = node;
      if (node.state() != stored::v1::NODE_STATE_DRAINED)
        roster.by_nameserver[node.nameserver()].push_back(name);
      if (IsCounted(node)) roster.counted[node.nameserver()].push_back(name);
    }
    roster_ = roster;
    tracker_.SetRoster(std::move(roster));
  }

  NodeProgress Ack(const std::string& node, uint64_t index,
                   std::vector<replication::ZoneException> exceptions = {}) {
    NodeProgress progress;
    progress.node = node;
    progress.nameserver = nodes_[node].nameserver();
    progress.connected = true;
    progress.incarnation = "i1";
    progress.acknowledged = true;
    progress.epoch = kEpoch;
    progress.acknowledged_index = index;
    progress.exceptions = std::move(exceptions);
    return progress;
  }
  void Update(const NodeProgress& progress) { tracker_.Update({progress}); }
  void AckAll(uint64_t index) {
    for (const char* node : {"a1", "b1", "c1", "d1"}) Update(Ack(node, index));
  }

  static TrackedChange Change(const std::string& id, uint64_t index, const std::string& zone = "Z1",
                              uint64_t revision = 1) {
    return {id, zone, index, revision, {"a", "b", "c", "d"}};
  }

  Ids Insync() { return tracker_.Take().insync; }

  std::map<std::string, stored::v1::NodeRow> nodes_;
  Roster roster_;
  InsyncTracker tracker_{kEpoch, 10};
};

// A restore moves what is pending to index 0 of the new epoch.
TEST_F(InsyncTrackerTest, AChangeFromBeforeTheRestoreIsInsyncOnceAllFourHaveSettled) {
  tracker_.AddPending(Change("C1", 0));
  NodeProgress old = Ack("d1", 40);
  old.epoch = kEpoch - 1;
  Update(old);
  for (const char* node : {"a1", "b1", "c1"}) Update(Ack(node, 0));
  EXPECT_EQ(Insync(), Ids{});
  Update(Ack("d1", 0));
  EXPECT_EQ(Insync(), Ids{"C1"});
}

TEST_F(InsyncTrackerTest, AChangeIsInsyncOnceAllFourServeIt) {
  tracker_.AddPending(Change("C1", 11));
  for (const char* node : {"a1", "b1", "c1"}) {
    Update(Ack(node, 11));
    EXPECT_EQ(Insync(), Ids{});
  }
  Update(Ack("d1", 10));
  EXPECT_EQ(Insync(), Ids{});
  Update(Ack("d1", 12));
  EXPECT_EQ(Insync(), Ids{"C1"});
  EXPECT_EQ(Insync(), Ids{}) << "given once";
  tracker_.SetInsync("C1");
  EXPECT_EQ(tracker_.pending_changes(), 0u);
}

TEST_F(InsyncTrackerTest, AChangeOfAZoneThatMovesWaitsForTheNameserversItHasThen) {
  SetNode("e1", "e", stored::v1::NODE_STATE_COUNTED);
  tracker_.AddPending(Change("C1", 11));
  tracker_.AddPending(Change("C2", 12, "Z2"));
  for (const char* node : {"a1", "b1", "c1"}) Update(Ack(node, 12));
  Update(Ack("e1", 10));
  EXPECT_EQ(tracker_.Retarget("Z1", {"a", "b", "c", "d", "e"}), Ids{"C1"});
  Update(Ack("d1", 11));
  EXPECT_EQ(Insync(), Ids{}) << "e joined";
  Update(Ack("e1", 11));
  EXPECT_EQ(Insync(), Ids{"C1"});
}

TEST_F(InsyncTrackerTest, ANameserverThatHasLeftIsNotWaitedFor) {
  tracker_.AddPending(Change("C1", 11));
  for (const char* node : {"a1", "b1", "c1"}) Update(Ack(node, 11));
  EXPECT_EQ(Insync(), Ids{});
  EXPECT_EQ(tracker_.Retarget("Z1", {"a", "b", "c"}), Ids{"C1"});
  EXPECT_EQ(Insync(), Ids{"C1"});
  EXPECT_EQ(tracker_.Retarget("Z1", {"a", "b", "c"}), Ids{}) << "they are these already";
  EXPECT_EQ(tracker_.Retarget("Z2", {"a"}), Ids{});
}

TEST_F(InsyncTrackerTest, ANameserverThatRetiresIsWaitedForAsLongAsItHasANode) {
  tracker_.AddPending(Change("C1", 11));
  for (const char* node : {"a1", "b1", "c1"}) Update(Ack(node, 11));
  EXPECT_EQ(tracker_.Retarget("Z1", {"a", "b", "c", "d"}, {"d"}), Ids{"C1"});
  EXPECT_EQ(Insync(), Ids{}) << "d1 answers with old data";
  SetNode("d1", "d", stored::v1::NODE_STATE_JOINING);
  EXPECT_EQ(Insync(), Ids{}) << "it may answer";
  SetNode("d1", "d", stored::v1::NODE_STATE_DRAINED);
  EXPECT_EQ(Insync(), Ids{"C1"});
}

TEST_F(InsyncTrackerTest, AServingNameserverWithoutANodeIsWaitedFor) {
  SetNode("d1", "d", stored::v1::NODE_STATE_DRAINED);
  tracker_.AddPending(Change("C1", 11));
  for (const char* node : {"a1", "b1", "c1"}) Update(Ack(node, 11));
  EXPECT_EQ(Insync(), Ids{});
}

TEST_F(InsyncTrackerTest, AcknowledgementsThatCameFirstCount) {
  AckAll(11);
  tracker_.AddPending(Change("C1", 11));
  EXPECT_EQ(Insync(), Ids{"C1"});
}

TEST_F(InsyncTrackerTest, OneAcknowledgementSettlesMany) {
  for (int i = 11; i < 111; ++i) tracker_.AddPending(Change("C" + std::to_string(i), i));
  AckAll(60);
  EXPECT_EQ(Insync().size(), 50u);
  AckAll(110);
  EXPECT_EQ(Insync().size(), 50u);
}

TEST_F(InsyncTrackerTest, EveryCountedNodeOfANameserverMustServe) {
  SetNode("a2", "a", stored::v1::NODE_STATE_COUNTED);
  tracker_.AddPending(Change("C1", 11));
  AckAll(11);
  EXPECT_EQ(Insync(), Ids{});
  Update(Ack("a2", 11));
  EXPECT_EQ(Insync(), Ids{"C1"});
}

TEST_F(InsyncTrackerTest, ANameserverWithoutACountedNodeBlocks) {
  SetNode("d1", "d", stored::v1::NODE_STATE_JOINING);
  tracker_.AddPending(Change("C1", 11));
  AckAll(11);
  EXPECT_EQ(Insync(), Ids{});
  SetNode("d1", "d", stored::v1::NODE_STATE_COUNTED);
  EXPECT_EQ(Insync(), Ids{"C1"});
}

TEST_F(InsyncTrackerTest, ADrainingNodeCountsUntilItIsDrained) {
  SetNode("a2", "a", stored::v1::NODE_STATE_DRAINING);
  tracker_.AddPending(Change("C1", 11));
  AckAll(11);
  EXPECT_EQ(Insync(), Ids{});
  SetNode("a2", "a", stored::v1::NODE_STATE_DRAINED);
  EXPECT_EQ(Insync(), Ids{"C1"});
}

TEST_F(InsyncTrackerTest, AnExceptionHoldsUpItsZoneOnly) {
  tracker_.AddPending(Change("C1", 11, "Z1", 5));
  tracker_.AddPending(Change("C2", 12, "Z2", 5));
  AckAll(12);
  // Before anybody took them, one node says that it serves an older revision of Z1.
  Update(Ack("b1", 12, {{"Z1", 4, "behind"}}));
  EXPECT_EQ(Insync(), Ids{"C2"});
  Update(Ack("b1", 12, {{"Z1", 5, "behind"}}));
  EXPECT_EQ(Insync(), Ids{"C1"});
}

TEST_F(InsyncTrackerTest, AnExceptionThatGoesAwayReleasesItsChanges) {
  Update(Ack("b1", 12, {{"Z1", 0, "quarantined"}}));
  tracker_.AddPending(Change("C1", 11));
  for (const char* node : {"a1", "c1", "d1"}) Update(Ack(node, 12));
  EXPECT_EQ(Insync(), Ids{});
  Update(Ack("b1", 13));
  EXPECT_EQ(Insync(), Ids{"C1"});
}

TEST_F(InsyncTrackerTest, AnEmptiedDiskTakesItsAcknowledgementsBack) {
  tracker_.AddPending(Change("C1", 11));
  for (const char* node : {"a1", "b1", "c1"}) Update(Ack(node, 11));
  NodeProgress emptied = Ack("a1", 0);
  emptied.incarnation = "i2";
  emptied.acknowledged = false;
  Update(emptied);
  Update(Ack("d1", 11));
  EXPECT_EQ(Insync(), Ids{});
  Update(Ack("a1", 11));
  EXPECT_EQ(Insync(), Ids{"C1"});
}

TEST_F(InsyncTrackerTest, AnotherEpochProvesNothing) {
  tracker_.AddPending(Change("C1", 11));
  AckAll(11);
  NodeProgress other = Ack("a1", 99);
  other.epoch = kEpoch + 1;
  Update(other);
  EXPECT_EQ(Insync(), Ids{});
}

TEST_F(InsyncTrackerTest, WhatCouldNotBeLoggedIsGivenAgain) {
  tracker_.AddPending(Change("C1", 11));
  AckAll(11);
  const auto results = tracker_.Take();
  ASSERT_EQ(results.insync, Ids{"C1"});
  Update(Ack("a1", 12));
  EXPECT_EQ(Insync(), Ids{}) << "its proposal is under way";
  tracker_.Settled(results);
  EXPECT_EQ(Insync(), Ids{"C1"});
}

TEST_F(InsyncTrackerTest, TheRosterInFlightDecides) {
  AckAll(11);
  const TrackedChange change = Change("C1", 11);
  EXPECT_TRUE(tracker_.MayBeInsync(change, roster_));
  Roster in_flight = roster_;
  in_flight.counted["a"].push_back("a2");
  EXPECT_FALSE(tracker_.MayBeInsync(change, in_flight));
}

TEST_F(InsyncTrackerTest, AJoinerIsCountedOnceItCoversAllThatIsInsync) {
  SetNode("a2", "a", stored::v1::NODE_STATE_JOINING);
  Update(Ack("a2", 9));
  EXPECT_EQ(tracker_.Take().count, Ids{}) << "anything up to 10 may be INSYNC";
  Update(Ack("a2", 10, {{"Z1", 0, "behind"}}));
  EXPECT_EQ(tracker_.Take().count, Ids{});
  Update(Ack("a2", 10));
  EXPECT_EQ(tracker_.Take().count, Ids{"a2"});
}

TEST_F(InsyncTrackerTest, WhatIsAboutToBeInsyncMustBeCoveredToo) {
  SetNode("a2", "a", stored::v1::NODE_STATE_JOINING);
  Update(Ack("a2", 10));
  AckAll(11);
  EXPECT_TRUE(tracker_.MayCount("a2"));
  EXPECT_TRUE(tracker_.MayBeInsync(Change("C1", 11), roster_));
  EXPECT_FALSE(tracker_.MayCount("a2"));
  EXPECT_EQ(tracker_.Take().count, Ids{});
  Update(Ack("a2", 11));
  EXPECT_EQ(tracker_.Take().count, Ids{"a2"});
}

TEST_F(InsyncTrackerTest, ADrainingNodeIsDrainedOnceItsSocketsAreClosed) {
  SetNode("a1", "a", stored::v1::NODE_STATE_DRAINING);
  Update(Ack("a1", 10));
  EXPECT_EQ(tracker_.Take().drained, Ids{});
  NodeProgress closed = Ack("a1", 10);
  closed.sockets_closed = true;
  Update(closed);
  EXPECT_EQ(tracker_.Take().drained, Ids{"a1"});
}

TEST_F(InsyncTrackerTest, ANodeThatSaysItIsClosedIsDrainedWithoutBeingTold) {
  SetNode("a2", "a", stored::v1::NODE_STATE_JOINING);
  for (const char* node : {"a1", "a2"}) {
    NodeProgress closed = Ack(node, 10);
    closed.sockets_closed = true;
    Update(closed);
  }
  const InsyncTracker::Results results = tracker_.Take();
  EXPECT_EQ(results.drained, (Ids{"a1", "a2"}));
  EXPECT_EQ(results.count, Ids{});
  // Once it is drained there is nothing to be done about it any more.
  SetNode("a1", "a", stored::v1::NODE_STATE_DRAINED);
  SetNode("a2", "a", stored::v1::NODE_STATE_DRAINED);
  tracker_.Settled(results);
  EXPECT_EQ(tracker_.Take().drained, Ids{});
}

// Pending when a restore began this epoch: they are at index 0 of it (replication/restore/new_epoch.h).
TEST_F(InsyncTrackerTest, WhatARestoreLeftPendingIsCoveredByTheFirstAcknowledgementOfItsEpoch) {
  tracker_.AddPending(Change("C1", 0, "Z1"));
  tracker_.AddPending(Change("C2", 0, "Z2"));
  for (const char* node : {"a1", "b1", "c1", "d1"}) {
    EXPECT_EQ(Insync(), Ids{});
    Update(Ack(node, 0, {{"Z2", 0, "being fetched"}}));
  }
  EXPECT_EQ(Insync(), Ids{"C1"});
  tracker_.SetInsync("C1");
  AckAll(3);
  EXPECT_EQ(Insync(), Ids{"C2"});
}

TEST_F(InsyncTrackerTest, MovesSayWhatMoved) {
  EXPECT_EQ(tracker_.Update({Ack("a1", 10)}).size(), 1u);
  EXPECT_TRUE(tracker_.Update({Ack("a1", 10)}).empty());
  const auto moves = tracker_.Update({Ack("a1", 10), Ack("b1", 12)});
  ASSERT_EQ(moves.size(), 1u);
  EXPECT_EQ(moves[0].nameserver, "b");
  EXPECT_EQ(moves[0].to, 12u);
}

// Against the definition, over random histories.
TEST_F(InsyncTrackerTest, AgreesWithTheDefinitionUnderAnyOrderOfEvents) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    InsyncTracker tracker(kEpoch, 0);
    tracker.SetRoster(roster_);
    std::map<std::string, NodeProgress> last;
    std::map<std::string, TrackedChange> pending;
    uint64_t head = 0;
    uint64_t state = seed;
    const auto random = [&](uint64_t bound) {
      state = state * 6364136223846793005 + 1442695040888963407;
      return (state >> 33) % bound;
    };
    const std::vector<std::string> names = {"a1", "b1", "c1", "d1"};
    for (int step = 0; step < 300; ++step) {
      if (random(3) == 0) {
        ++head;
        const TrackedChange change =
            Change("C" + std::to_string(head), head, "Z" + std::to_string(random(3)), head);
        pending[change.id] = change;
        tracker.AddPending(change);
      } else {
        const std::string& node = names[random(4)];
        const uint64_t from = last.contains(node) ? last[node].acknowledged_index : 0;
        NodeProgress progress =
            Ack(node, random(20) == 0 ? random(from + 1) : from + random(head - from + 1));
        if (random(5) == 0) progress.exceptions = {{"Z" + std::to_string(random(3)), random(head + 1), "x"}};
        last[node] = progress;
        tracker.Update({progress});
      }
      const auto given = tracker.Take();
      const std::set<std::string> insync(given.insync.begin(), given.insync.end());
      for (auto it = pending.begin(); it != pending.end();) {
        bool served = true;
        for (const std::string& node : names) {
          served = served && last.contains(node) && Covers(last[node], kEpoch, it->second);
        }
        ASSERT_EQ(insync.contains(it->first), served)
            << "seed " << seed << " step " << step << " " << it->first;
        if (served) tracker.SetInsync(it->first);
        it = served ? pending.erase(it) : std::next(it);
      }
    }
  }
}

TEST_F(InsyncTrackerTest, WhatOneNodeMadeTrueIsGivenInPieces) {
  constexpr size_t kChanges = 3 * InsyncTracker::kMostInsync - 1;
  for (size_t i = 0; i < kChanges; ++i) tracker_.AddPending(Change("C" + std::to_string(i), 11 + i));
  AckAll(11 + kChanges);
  size_t given = 0;
  for (int piece = 0; piece < 3; ++piece) {
    const Ids ids = Insync();
    EXPECT_LE(ids.size(), InsyncTracker::kMostInsync);
    given += ids.size();
    for (const std::string& id : ids) tracker_.SetInsync(id);
  }
  EXPECT_EQ(given, kChanges);
  EXPECT_EQ(tracker_.pending_changes(), 0u);
}

}  // namespace
}  // namespace quartet::controller
