#include "replication/replica/node_replica.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "replication/replica/layout.h"
#include "replication/replica/node_snapshot_rules.h"
#include "replication/store/memory_store.h"

namespace quartet::replication {
namespace {

namespace v1 = quartet::replication::v1;
using Applied = NodeReplica::Applied;

constexpr char kKey[] = "0123456789abcdef";
const std::string kZone = "Z0000000000001";
const std::string kName("\3org\0", 5);

class Numbers : public Random {
 public:
  uint64_t Next() override { return ++last_; }

 private:
  uint64_t last_ = 0;
};

Digest DigestOf(const std::map<std::string, std::string>& records) {
  Hasher hasher(absl::string_view(kKey, Hasher::kKeyBytes));
  Digest digest;
  for (const auto& [key, value] : records) digest += hasher.Hash(key, value);
  return digest;
}

stored::v1::NodeZoneRow Row(uint64_t revision, const std::map<std::string, std::string>& records) {
  stored::v1::NodeZoneRow row;
  row.set_id(kZone);
  row.set_name(kName);
  row.set_revision(revision);
  row.set_digest_key_id(1);
  row.set_served_digest(DigestOf(records).ToBytes());
  row.set_record_sets(records.size());
  return row;
}

// The step to `revision`, where the zone has `after`.
v1::ZoneDelta Delta(uint64_t revision, const std::map<std::string, std::string>& puts,
                    const std::map<std::string, std::string>& after) {
  v1::ZoneDelta delta;
  delta.set_prev_revision(revision - 1);
  delta.set_revision(revision);
  *delta.mutable_row() = Row(revision, after);
  for (const auto& [key, value] : puts) {
    v1::ServedRecord* put = delta.add_puts();
    put->set_key(key);
    put->set_served(value);
  }
  return delta;
}

class NodeReplicaTest : public testing::Test {
 protected:
  NodeReplicaTest() { Open(); }

  void Open() {
    absl::StatusOr<NodeReplica> replica = NodeReplica::Open(store_, random_);
    ASSERT_TRUE(replica.ok()) << replica.status();
    replica_ = std::make_unique<NodeReplica>(*std::move(replica));
    Write([this](store::Overlay& out) {
      replica_->FinishOpening(out);
      replica_->SeeEpoch(out, 5);
      replica_->LearnDigestKey(out, 1, absl::string_view(kKey, Hasher::kKeyBytes));
    });
  }

  template <typename Change>
  void Write(Change change) {
    store::Batch batch;
    store::Overlay out(store_, batch);
    change(out);
    replica_->WriteMoved(out);
    ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  }

  Applied Apply(const v1::ZoneDelta& delta) {
    Applied applied = Applied::kNothing;
    Write([&](store::Overlay& out) { applied = replica_->Apply(out, kZone, delta); });
    return applied;
  }

  // Stages `records` and flips as of epoch 5, index 9.
  absl::Status Flip(const std::map<std::string, std::string>& records, const stored::v1::NodeZoneRow& row,
                    uint64_t epoch = 5) {
    absl::Status flipped;
    Write([&](store::Overlay& out) {
      v1::SnapshotPart part;
      for (const auto& [key, value] : records) {
        v1::ServedRecord* record = part.add_records();
        record->set_key(key);
        record->set_served(value);
      }
      NodeStage stage = replica_->BeginStage(out, kZone);
      ASSERT_TRUE(replica_->AddToStage(out, stage, part).ok());
      flipped = replica_->Flip(out, stage, row, Position{epoch, 9, {}}, now_us_);
      if (!flipped.ok()) replica_->DropStage(out, stage);
    });
    return flipped;
  }

  // As of epoch 5, index 9.
  bool TakeWhole(const std::map<std::string, std::string>& records, const stored::v1::NodeZoneRow& row) {
    std::vector<ServedRecordView> views;
    for (const auto& [key, value] : records) views.push_back({key, value});
    bool taken = false;
    Write([&](store::Overlay& out) {
      taken = replica_->TakeWhole(out, kZone, views, row, Position{5, 9, {}});
    });
    return taken;
  }

  // What is stored under 'r', all generations.
  size_t StoredRecords() const {
    size_t count = 0;
    for (auto it = store_.Scan("r", "s"); it->Valid(); it->Next()) ++count;
    return count;
  }

  NodeZone zone() const { return *replica_->Find(kZone); }

  store::MemoryStore store_;
  // Makes other record sets of revision 1 than those of `other`, which a snapshot may bring.
  absl::Status Repair(const std::map<std::string, std::string>& other) { return Flip(other, Row(1, other)); }

  Numbers random_;
  int64_t now_us_ = 1'700'000'000'000'000;
  std::unique_ptr<NodeReplica> replica_;
};

TEST_F(NodeReplicaTest, ZonesAreThereAgainAfterAReopen) {
  EXPECT_EQ(Apply(Delta(1, {{"a", "1"}}, {{"a", "1"}})), Applied::kLoaded);
  EXPECT_EQ(Apply(Delta(2, {{"b", "2"}}, {{"a", "1"}, {"b", "2"}})), Applied::kChanged);
  const std::string incarnation = replica_->meta().incarnation;
  Open();
  EXPECT_EQ(zone().row.revision(), 2u);
  EXPECT_EQ(zone().generation, 1u);
  EXPECT_EQ(zone().apex.ToString(), "org.");
  EXPECT_EQ(replica_->meta().incarnation, incarnation);
}

TEST_F(NodeReplicaTest, AnEntryForAnotherRevisionChangesNothingButTheMark) {
  Apply(Delta(1, {{"a", "1"}}, {{"a", "1"}}));
  EXPECT_EQ(Apply(Delta(3, {{"a", "3"}}, {{"a", "3"}})), Applied::kBehind);
  EXPECT_EQ(zone().row.revision(), 1u);
  EXPECT_EQ(zone().served_revision(), 1u);
  EXPECT_EQ(*store_.Get(layout::Record(kZone, 1, "a")), "1");
  Open();
  EXPECT_TRUE(zone().is_behind());
  EXPECT_EQ(replica_->behind().size(), 1u);
}

TEST_F(NodeReplicaTest, AnEntryThatDoesNotComeOutAsItsDigestIsNotApplied) {
  Apply(Delta(1, {{"a", "1"}}, {{"a", "1"}}));
  EXPECT_EQ(Apply(Delta(2, {{"a", "wrong"}, {"b", "2"}}, {{"a", "2"}, {"b", "2"}})), Applied::kBehind);
  EXPECT_EQ(*store_.Get(layout::Record(kZone, 1, "a")), "1");
  EXPECT_EQ(StoredRecords(), 1u);
  EXPECT_EQ(zone().vouched_revision(5), 0u);
}

TEST_F(NodeReplicaTest, BytesThatRottedOnDiskAreFoundByTheNextEntryThatTouchesThem) {
  Apply(Delta(1, {{"a", "1"}}, {{"a", "1"}}));
  Write([](store::Overlay& out) { out.Put(layout::Record(kZone, 1, "a"), "rotten"); });
  EXPECT_EQ(Apply(Delta(2, {{"a", "2"}}, {{"a", "2"}})), Applied::kBehind);
}

TEST_F(NodeReplicaTest, ABehindZoneKeepsEntriesForLater) {
  Apply(Delta(2, {}, {}));
  EXPECT_TRUE(zone().is_behind());
  EXPECT_EQ(zone().served_revision(), 0u);
  EXPECT_TRUE(zone().named);
  EXPECT_EQ(Apply(Delta(1, {}, {})), Applied::kKept);
}

TEST_F(NodeReplicaTest, AnUnknownDigestKeyLeavesTheZoneBehind) {
  v1::ZoneDelta delta = Delta(1, {}, {});
  delta.mutable_row()->set_digest_key_id(2);
  EXPECT_EQ(Apply(delta), Applied::kBehind);
}

TEST_F(NodeReplicaTest, ARowOfAnotherZoneIsNotTaken) {
  v1::ZoneDelta delta = Delta(1, {}, {});
  delta.mutable_row()->set_id("Z0000000000002");
  EXPECT_EQ(Apply(delta), Applied::kBehind);
  EXPECT_FALSE(replica_->Find("Z0000000000002").has_value());
}

TEST_F(NodeReplicaTest, AZoneThatGoesTakesAllItHadWithIt) {
  Apply(Delta(1, {{"a", "1"}}, {{"a", "1"}}));
  v1::ZoneDelta gone;
  gone.set_prev_revision(1);
  gone.set_revision(2);
  EXPECT_EQ(Apply(gone), Applied::kRemoved);
  EXPECT_FALSE(replica_->Find(kZone).has_value());
  for (const char* kind : {"z", "g", "r", "d"}) {
    EXPECT_FALSE(store_.Scan(kind, store::PrefixEnd(kind))->Valid()) << kind;
  }
  EXPECT_EQ(Apply(gone), Applied::kNothing);
}

TEST_F(NodeReplicaTest, AFlipReplacesTheGeneration) {
  Apply(Delta(1, {{"a", "1"}, {"b", "1"}}, {{"a", "1"}, {"b", "1"}}));
  EXPECT_TRUE(Flip({{"a", "7"}}, Row(7, {{"a", "7"}})).ok());
  EXPECT_EQ(zone().row.revision(), 7u);
  EXPECT_EQ(StoredRecords(), 1u);
  EXPECT_FALSE(zone().is_behind());
}

TEST_F(NodeReplicaTest, AStageThatIsNotWhatItsRowSaysIsNotFlipped) {
  Apply(Delta(1, {{"a", "1"}}, {{"a", "1"}}));
  EXPECT_TRUE(absl::IsDataLoss(Flip({{"a", "8"}}, Row(7, {{"a", "7"}}))));
  EXPECT_TRUE(absl::IsDataLoss(Flip({}, Row(7, {{"a", "7"}}))));
  EXPECT_EQ(zone().row.revision(), 1u);
  EXPECT_EQ(StoredRecords(), 1u);
}

TEST_F(NodeReplicaTest, AnOlderSnapshotIsTakenInALaterEpochOnly) {
  Apply(Delta(1, {{"a", "1"}}, {{"a", "1"}}));
  Apply(Delta(2, {{"a", "2"}}, {{"a", "2"}}));
  EXPECT_TRUE(absl::IsFailedPrecondition(Flip({{"a", "1"}}, Row(1, {{"a", "1"}}))));
  EXPECT_TRUE(Flip({{"a", "1"}}, Row(1, {{"a", "1"}}), 6).ok());
  EXPECT_EQ(zone().row.revision(), 1u);
  EXPECT_EQ(zone().epoch, 6u);
}

TEST_F(NodeReplicaTest, KeysOfASnapshotAscend) {
  v1::SnapshotPart part;
  for (const char* key : {"b", "a"}) part.add_records()->set_key(key);
  Write([&](store::Overlay& out) {
    NodeStage stage = replica_->BeginStage(out, kZone);
    EXPECT_TRUE(absl::IsInvalidArgument(replica_->AddToStage(out, stage, part)));
  });
}

TEST_F(NodeReplicaTest, AZoneTakenWholeIsStoredOnceAndServed) {
  Apply(Delta(1, {{"a", "1"}}, {{"a", "1"}}));
  const std::map<std::string, std::string> after = {{"a", "2"}, {"b", "3"}};
  EXPECT_TRUE(TakeWhole(after, Row(4, after)));
  EXPECT_EQ(zone().served_revision(), 4u);
  EXPECT_EQ(StoredRecords(), 2u);
  Open();
  EXPECT_EQ(zone().served_revision(), 4u);
  EXPECT_EQ(StoredRecords(), 2u);
  // Nothing else is ever put under its generation.
  Write([&](store::Overlay& out) {
    EXPECT_GT(replica_->BeginStage(out, kZone).generation(), zone().generation);
  });
}

TEST_F(NodeReplicaTest, AZoneIsNotTakenWholeIfItIsNotWhatItsRowSays) {
  Apply(Delta(1, {{"a", "1"}}, {{"a", "1"}}));
  EXPECT_FALSE(TakeWhole({{"a", "2"}}, Row(4, {{"a", "3"}})));
  EXPECT_FALSE(TakeWhole({{"a", "2"}}, Row(4, {{"a", "2"}, {"b", "3"}})));
  stored::v1::NodeZoneRow key = Row(4, {{"a", "2"}});
  key.set_digest_key_id(9);
  EXPECT_FALSE(TakeWhole({{"a", "2"}}, key));
  EXPECT_EQ(zone().row.revision(), 1u);
  EXPECT_EQ(StoredRecords(), 1u);
}

TEST_F(NodeReplicaTest, KeysOfAZoneTakenWholeAscend) {
  Apply(Delta(1, {{"a", "1"}}, {{"a", "1"}}));
  const std::vector<ServedRecordView> records = {{"b", "3"}, {"a", "2"}};
  Write([&](store::Overlay& out) {
    EXPECT_FALSE(
        replica_->TakeWhole(out, kZone, records, Row(4, {{"a", "2"}, {"b", "3"}}), Position{5, 9, {}}));
    EXPECT_EQ(out.operations(), 0u);
  });
}

TEST_F(NodeReplicaTest, NeitherAnOlderZoneNorARepairIsTakenWhole) {
  Apply(Delta(1, {{"a", "1"}}, {{"a", "1"}}));
  Apply(Delta(2, {{"a", "2"}}, {{"a", "2"}}));
  EXPECT_FALSE(TakeWhole({{"a", "1"}}, Row(1, {{"a", "1"}})));
  EXPECT_FALSE(TakeWhole({{"a", "9"}}, Row(2, {{"a", "9"}})));
  EXPECT_TRUE(TakeWhole({{"a", "2"}}, Row(2, {{"a", "2"}})));
}

TEST_F(NodeReplicaTest, WhatARestartLeftStagedIsRemoved) {
  v1::SnapshotPart part;
  part.add_records()->set_key("a");
  Write([&](store::Overlay& out) {
    NodeStage stage = replica_->BeginStage(out, kZone);
    EXPECT_TRUE(replica_->AddToStage(out, stage, part).ok());
  });
  EXPECT_EQ(StoredRecords(), 1u);
  Open();
  EXPECT_EQ(StoredRecords(), 0u);
  Write([&](store::Overlay& out) { EXPECT_EQ(replica_->BeginStage(out, kZone).generation(), 2u); });
}

TEST_F(NodeReplicaTest, AnInventoryRemovesMarksAndSettles) {
  Apply(Delta(1, {{"a", "1"}}, {{"a", "1"}}));
  Apply(Delta(3, {}, {}));
  ASSERT_TRUE(zone().is_behind());
  stored::v1::NodeZoneRow other = Row(4, {});
  other.set_id("Z0000000000009");
  NodeInventory inventory(replica_->zones(), 5);
  inventory.Add(Row(1, {{"a", "1"}}));
  inventory.Add(other);
  Write([&](store::Overlay& out) {
    for (const stored::v1::NodeZoneRow& row : inventory.TakeDiffering()) replica_->MarkDiffering(out, row);
    replica_->Settle(out, inventory.Finish(), Position{5, 30, {}});
  });
  EXPECT_FALSE(zone().is_behind());
  EXPECT_EQ(replica_->Find("Z0000000000009")->served_revision(), 0u);
  EXPECT_EQ(replica_->meta().cursor->index, 30u);

  NodeInventory empty(replica_->zones(), 5);
  const NodeInventory::Difference all = empty.Finish();
  Write([&](store::Overlay& out) { replica_->Settle(out, all, Position{5, 31, {}}); });
  EXPECT_TRUE(replica_->zones().empty());
  EXPECT_TRUE(replica_->behind().empty());
}

TEST_F(NodeReplicaTest, AZoneThatAnInventoryListsIsStoredOnceTheReplicaIsComplete) {
  Write([&](store::Overlay& out) {
    replica_->MarkDiffering(out, Row(4, {}));
    EXPECT_EQ(out.operations(), 0u);
    replica_->Settle(out, {}, Position{5, 30, {}});
  });
  EXPECT_TRUE(zone().is_behind());
  EXPECT_TRUE(ReadNodeZones(store_)->empty());
  EXPECT_FALSE((*ReadNodeMeta(store_))->cursor.has_value());
  Write([&](store::Overlay& out) { replica_->SetComplete(out); });
  EXPECT_TRUE(ReadNodeZones(store_)->Find(kZone)->is_behind());
  EXPECT_EQ((*ReadNodeMeta(store_))->cursor->index, 30u);
  Open();
  EXPECT_TRUE(zone().is_behind());
  EXPECT_TRUE(zone().named);
}

TEST_F(NodeReplicaTest, AListedZoneIsStoredWholeWhenItComes) {
  Write([&](store::Overlay& out) { replica_->MarkDiffering(out, Row(4, {})); });
  EXPECT_TRUE(TakeWhole({{"a", "2"}}, Row(4, {{"a", "2"}})));
  Open();
  EXPECT_EQ(zone().served_revision(), 4u);
  EXPECT_FALSE(zone().is_behind());
  const std::string names = layout::DirectoryName("", zone().apex);
  EXPECT_TRUE(store_.Scan(names, store::PrefixEnd(names))->Valid());
}

TEST_F(NodeReplicaTest, ZonesThatDifferMayBePutInBetweenThePartsOfAnInventory) {
  Apply(Delta(1, {{"a", "1"}}, {{"a", "1"}}));
  stored::v1::NodeZoneRow before = Row(4, {});
  before.set_id("Z0000000000000");
  stored::v1::NodeZoneRow behind = Row(4, {});
  behind.set_id("Z0000000000005");
  NodeInventory inventory(replica_->zones(), 5);
  for (const stored::v1::NodeZoneRow& part : {before, Row(1, {{"a", "1"}}), behind}) {
    inventory.Add(part);
    Write([&](store::Overlay& out) {
      for (const stored::v1::NodeZoneRow& row : inventory.TakeDiffering()) replica_->MarkDiffering(out, row);
    });
  }
  EXPECT_TRUE(inventory.Finish().gone.empty());
  EXPECT_EQ(replica_->zones().size(), 3u);
  EXPECT_EQ(replica_->behind(), (std::set<std::string>{"Z0000000000000", "Z0000000000005"}));
}

TEST_F(NodeReplicaTest, ACopyThatDiffersAtItsRevisionIsNotVouchedFor) {
  Apply(Delta(1, {{"a", "1"}}, {{"a", "1"}}));
  NodeInventory inventory(replica_->zones(), 5);
  inventory.Add(Row(1, {{"a", "another"}}));
  Write([&](store::Overlay& out) {
    for (const stored::v1::NodeZoneRow& row : inventory.TakeDiffering()) replica_->MarkDiffering(out, row);
    replica_->Settle(out, inventory.Finish(), Position{5, 30, {}});
  });
  EXPECT_EQ(zone().served_revision(), 1u);
  EXPECT_EQ(zone().vouched_revision(5), 0u);
  Open();
  EXPECT_EQ(zone().vouched_revision(5), 0u);
}

std::map<std::string, std::string> Records(int count, const std::string& value, int first = 0) {
  std::map<std::string, std::string> records;
  for (int i = first; i < first + count; ++i) records[std::string("k") + std::to_string(1000 + i)] = value;
  return records;
}

TEST_F(NodeReplicaTest, ARepairMustNotTakeMuchOfAZoneAway) {
  Apply(Delta(1, Records(10, "wrong"), Records(10, "wrong")));
  EXPECT_TRUE(absl::IsResourceExhausted(Repair(Records(6, "right"))));
  EXPECT_EQ(zone().generation, 1u);
  EXPECT_TRUE(Repair(Records(7, "right")).ok());
}

TEST_F(NodeReplicaTest, RecordSetsThatComeDoNotMakeUpForThoseThatGo) {
  Apply(Delta(1, Records(10, "wrong"), Records(10, "wrong")));
  EXPECT_TRUE(absl::IsResourceExhausted(Repair(Records(10, "right", 4))));
  EXPECT_TRUE(Repair(Records(10, "right", 3)).ok());
}

TEST_F(NodeReplicaTest, OnlyARepairIsLimited) {
  Apply(Delta(1, Records(10, "1"), Records(10, "1")));
  EXPECT_TRUE(Flip({}, Row(2, {})).ok()) << "a newer revision is no repair";
  EXPECT_TRUE(Flip(Records(10, "1"), Row(1, Records(10, "1")), 6).ok()) << "nor is what a restore brings";
  replica_->MarkUnloadable(kZone, "unreadable");
  EXPECT_TRUE(Flip({{"a", "1"}}, Row(1, {{"a", "1"}}), 6).ok()) << "a zone without answers can't lose any";
}

TEST_F(NodeReplicaTest, OnlySoManyRepairsAreMadeInAnHour) {
  Apply(Delta(1, {{"a", "0"}}, {{"a", "0"}}));
  const int64_t first_us = now_us_;
  for (int i = 1; i <= 10; ++i, ++now_us_) EXPECT_TRUE(Repair({{"a", std::to_string(i)}}).ok()) << i;
  EXPECT_TRUE(absl::IsResourceExhausted(Repair({{"a", "11"}})));
  Open();
  EXPECT_TRUE(absl::IsResourceExhausted(Repair({{"a", "11"}}))) << "a restart begins no new hour";
  EXPECT_EQ(replica_->NextRepairUs(now_us_), first_us + RepairLimits::kWindowUs);
  now_us_ = first_us + RepairLimits::kWindowUs;
  EXPECT_TRUE(Repair({{"a", "11"}}).ok());
}

TEST_F(NodeReplicaTest, AStoppedRepairGoesOnWhenItIsAllowed) {
  Apply(Delta(1, Records(10, "wrong"), Records(10, "wrong")));
  const auto right = Records(1, "right");
  ASSERT_TRUE(absl::IsResourceExhausted(Repair(right)));
  Write([&](store::Overlay& out) {
    EXPECT_TRUE(replica_->StopRepair(out, kZone, "too much"));
    EXPECT_FALSE(replica_->StopRepair(out, kZone, "too much")) << "said once";
  });
  EXPECT_EQ(replica_->StoppedRepairs().size(), 1u);
  EXPECT_EQ(zone().vouched_revision(5), 0u);
  Open();
  EXPECT_EQ(replica_->StoppedRepairs().size(), 1u);
  Write([&](store::Overlay& out) {
    EXPECT_TRUE(replica_->AllowRepair(out, "Z0000000000002").empty());
    EXPECT_EQ(replica_->AllowRepair(out, "").size(), 1u);
  });
  Open();
  EXPECT_TRUE(Repair(right).ok());
  EXPECT_FALSE(zone().is_behind());
  EXPECT_EQ(zone().repair, stored::v1::REPAIR_STATE_UNSPECIFIED) << "it was allowed once";
}

TEST_F(NodeReplicaTest, ADamagedCopyIsServedOnAndReplacedByTheSame) {
  Apply(Delta(1, {{"a", "1"}}, {{"a", "1"}}));
  EXPECT_FALSE(replica_->MarkDamaged(kZone, 2, "of another generation"));
  EXPECT_TRUE(replica_->MarkDamaged(kZone, 1, "bits flipped"));
  EXPECT_FALSE(replica_->MarkDamaged(kZone, 1, "bits flipped")) << "known already";
  Write([&](store::Overlay& out) { replica_->WriteUnloadable(out); });
  EXPECT_EQ(zone().vouched_revision(5), 1u);
  Open();
  EXPECT_TRUE(zone().damaged);
  EXPECT_EQ(zone().behind, "damaged on disk: bits flipped");

  // Its row is right: an inventory alone does not settle it.
  NodeInventory inventory(replica_->zones(), 5);
  inventory.Add(Row(1, {{"a", "1"}}));
  EXPECT_EQ(inventory.TakeDiffering().size(), 1u);

  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(Flip({{"a", "1"}}, Row(1, {{"a", "1"}})).ok()) << "no repair: it is not counted";
  }
  EXPECT_FALSE(zone().is_behind());
  EXPECT_FALSE(zone().damaged);
}

}  // namespace
}  // namespace quartet::replication
