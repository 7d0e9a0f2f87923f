#include "replication/replica/node_logged_stages.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "replication/replica/layout.h"
#include "replication/replica/node_replica.h"
#include "replication/store/memory_store.h"

namespace quartet::replication {
namespace {

namespace v1 = quartet::replication::v1;
using Applied = NodeReplica::Applied;
using Records = std::map<std::string, std::string>;

constexpr char kKey[] = "0123456789abcdef";
const std::string kZone = "Z0000000000001";
constexpr uint64_t kStage = 20;

class Numbers : public Random {
 public:
  uint64_t Next() override { return ++last_; }

 private:
  uint64_t last_ = 0;
};

std::string DigestOf(const Records& records) {
  Hasher hasher(absl::string_view(kKey, Hasher::kKeyBytes));
  Digest digest;
  for (const auto& [key, value] : records) digest += hasher.Hash(key, value);
  return digest.ToBytes();
}

void AddPuts(const Records& records, v1::ZoneDelta& delta) {
  for (const auto& [key, value] : records) {
    v1::ServedRecord* put = delta.add_puts();
    put->set_key(key);
    put->set_served(value);
  }
}

// The step to `revision`, where the zone has `after`.
v1::ZoneDelta Change(uint64_t revision, const Records& puts, const Records& after) {
  v1::ZoneDelta delta;
  delta.set_prev_revision(revision - 1);
  delta.set_revision(revision);
  stored::v1::NodeZoneRow& row = *delta.mutable_row();
  row.set_id(kZone);
  row.set_name(std::string("\3org\0", 5));
  row.set_revision(revision);
  row.set_digest_key_id(1);
  row.set_served_digest(DigestOf(after));
  row.set_record_sets(after.size());
  AddPuts(puts, delta);
  return delta;
}

v1::ZoneDelta Chunk(uint32_t number, const Records& puts, uint64_t stage = kStage) {
  v1::ZoneDelta delta;
  delta.mutable_chunk()->set_stage(stage);
  delta.mutable_chunk()->set_chunk(number);
  delta.mutable_chunk()->set_digest_key_id(1);
  AddPuts(puts, delta);
  return delta;
}

// Of `staged` in two chunks.
v1::ZoneDelta Flip(uint64_t revision, const Records& staged, const Records& puts, const Records& after) {
  v1::ZoneDelta delta = Change(revision, puts, after);
  delta.mutable_flip()->set_stage(kStage);
  delta.mutable_flip()->set_chunks(2);
  delta.mutable_flip()->set_record_sets(staged.size());
  delta.mutable_flip()->set_served_digest(DigestOf(staged));
  return delta;
}

v1::ZoneDelta Abort(uint64_t stage) {
  v1::ZoneDelta delta;
  delta.mutable_abort()->set_stage(stage);
  return delta;
}

class NodeLoggedStagesTest : public testing::Test {
 protected:
  NodeLoggedStagesTest() { Open(); }

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
  void Write(Change change, store::Store::Sync sync = store::Store::Sync::kYes) {
    store::Batch batch;
    store::Overlay out(store_, batch);
    change(out);
    replica_->WriteMoved(out);
    ASSERT_TRUE(store_.Write(batch, sync).ok());
  }

  Applied Apply(const v1::ZoneDelta& delta, store::Store::Sync sync = store::Store::Sync::kYes) {
    Applied applied = Applied::kNothing;
    Write([&](store::Overlay& out) { applied = replica_->Apply(out, kZone, delta); }, sync);
    return applied;
  }

  void MakeZone() { ASSERT_EQ(Apply(Change(1, old_, old_)), Applied::kLoaded); }
  void StageAll() {
    Apply(Chunk(0, {{"a", "3"}, {"b", "4"}}));
    Apply(Chunk(1, {{"c", "5"}}));
  }

  Records Stored(uint64_t generation) const {
    const std::string prefix = layout::Generation(kZone, generation);
    Records records;
    for (auto it = store_.Scan(prefix, store::PrefixEnd(prefix)); it->Valid(); it->Next()) {
      records.emplace(it->key().substr(prefix.size()), it->value());
    }
    return records;
  }
  // Record sets of all generations.
  size_t StoredRecords() const {
    size_t count = 0;
    for (auto it = store_.Scan("r", "s"); it->Valid(); it->Next()) ++count;
    return count;
  }
  bool HasStageRow() const { return store_.Get(layout::Stage(kZone))->has_value(); }
  NodeZone zone() const { return *replica_->Find(kZone); }

  const Records old_ = {{"a", "1"}, {"z", "2"}};
  const Records staged_ = {{"a", "3"}, {"b", "4"}, {"c", "5"}};
  store::MemoryStore store_;
  Numbers random_;
  std::unique_ptr<NodeReplica> replica_;
};

TEST_F(NodeLoggedStagesTest, AFlipPutsTheStageInTheZonesPlace) {
  MakeZone();
  StageAll();
  EXPECT_EQ(zone().row.revision(), 1u);
  EXPECT_EQ(StoredRecords(), 5u);
  const Records after = {{"a", "soa"}, {"b", "4"}, {"c", "5"}};
  EXPECT_EQ(Apply(Flip(2, staged_, {{"a", "soa"}}, after)), Applied::kFlipped);
  EXPECT_FALSE(zone().is_behind());
  EXPECT_EQ(zone().row.revision(), 2u);
  EXPECT_EQ(Stored(zone().generation), after);
  EXPECT_EQ(StoredRecords(), 3u);
  EXPECT_FALSE(HasStageRow());
  Open();
  EXPECT_EQ(Stored(zone().generation), after);
}

TEST_F(NodeLoggedStagesTest, AFlipMakesAZone) {
  StageAll();
  EXPECT_FALSE(replica_->Find(kZone).has_value());
  EXPECT_EQ(Apply(Flip(1, staged_, {}, staged_)), Applied::kFlipped);
  EXPECT_EQ(Stored(zone().generation), staged_);
}

TEST_F(NodeLoggedStagesTest, StagesSurviveARestart) {
  MakeZone();
  Apply(Chunk(0, {{"a", "3"}, {"b", "4"}}));
  Open();
  Apply(Chunk(1, {{"c", "5"}}));
  Open();
  EXPECT_EQ(Apply(Flip(2, staged_, {}, staged_)), Applied::kFlipped);
}

TEST_F(NodeLoggedStagesTest, ACrashBetweenTheWritesOfAnImportLeavesTheOldZone) {
  MakeZone();
  const uint64_t generation = zone().generation;
  const std::vector<v1::ZoneDelta> deltas = {Chunk(0, {{"a", "3"}, {"b", "4"}}), Chunk(1, {{"c", "5"}}),
                                             Flip(2, staged_, {}, staged_)};
  for (const v1::ZoneDelta& delta : deltas) {
    Apply(delta, store::Store::Sync::kNo);
    store_.Crash(0);
    Open();
    EXPECT_EQ(zone().row.revision(), 1u);
    EXPECT_FALSE(zone().is_behind());
    EXPECT_EQ(Stored(generation), old_);
    Apply(delta);
  }
  EXPECT_EQ(zone().row.revision(), 2u);
  EXPECT_EQ(Stored(zone().generation), staged_);
}

TEST_F(NodeLoggedStagesTest, AFlipOfAnotherStageMakesTheZoneBehindAndLeavesNoStage) {
  const std::vector<std::function<void(v1::ZoneDelta&)>> damages = {
      [](v1::ZoneDelta& flip) { flip.mutable_flip()->set_chunks(1); },
      [](v1::ZoneDelta& flip) { flip.mutable_flip()->set_record_sets(2); },
      [](v1::ZoneDelta& flip) { flip.mutable_flip()->set_served_digest(DigestOf({})); },
      [](v1::ZoneDelta& flip) { flip.mutable_row()->set_digest_key_id(2); },
      [](v1::ZoneDelta& flip) { flip.mutable_row()->set_served_digest(DigestOf({})); },
      [](v1::ZoneDelta& flip) { flip.set_prev_revision(0); }};
  for (const auto& damage : damages) {
    MakeZone();
    StageAll();
    v1::ZoneDelta flip = Flip(2, staged_, {}, staged_);
    damage(flip);
    EXPECT_EQ(Apply(flip), Applied::kBehind);
    EXPECT_EQ(Stored(zone().generation), old_) << "goes on being served";
    EXPECT_EQ(zone().vouched_revision(5), 1u);
    EXPECT_FALSE(HasStageRow());
    EXPECT_EQ(StoredRecords(), 2u);
    Write([&](store::Overlay& out) { replica_->Remove(out, kZone); });
  }
}

TEST_F(NodeLoggedStagesTest, ANodeThatJoinsInTheMiddleHasNoStageToFlip) {
  MakeZone();
  Apply(Chunk(1, {{"c", "5"}}));
  EXPECT_FALSE(HasStageRow());
  EXPECT_EQ(Apply(Flip(2, {{"c", "5"}}, {}, {{"c", "5"}})), Applied::kBehind);
}

TEST_F(NodeLoggedStagesTest, AChunkThatDoesNotFitEndsTheStage) {
  const std::vector<v1::ZoneDelta> wrong = {
      Chunk(2, {{"c", "5"}}), Chunk(1, {{"c", "5"}}, kStage + 1), Chunk(1, {{"b", "5"}}),
      Chunk(1, {{"c", std::string(NodeLoggedStages::kMaxChunkBytes, 'x')}, {"d", "5"}})};
  for (const v1::ZoneDelta& chunk : wrong) {
    Apply(Chunk(0, {{"a", "3"}, {"b", "4"}}));
    ASSERT_TRUE(HasStageRow());
    Apply(chunk);
    EXPECT_FALSE(HasStageRow());
    EXPECT_EQ(StoredRecords(), 0u);
  }
}

TEST_F(NodeLoggedStagesTest, AnotherStageTakesThePlaceOfAnOpenOne) {
  Apply(Chunk(0, {{"x", "1"}}, 10));
  StageAll();
  EXPECT_EQ(StoredRecords(), 3u);
  Apply(Abort(10));
  EXPECT_TRUE(HasStageRow());
  Apply(Abort(kStage));
  EXPECT_FALSE(HasStageRow());
  EXPECT_EQ(StoredRecords(), 0u);
}

TEST_F(NodeLoggedStagesTest, AZoneThatIsBehindStagesAndEndsItsStageWithTheFlip) {
  MakeZone();
  Write([&](store::Overlay& out) { replica_->MarkBehind(out, kZone, nullptr, "test"); });
  StageAll();
  EXPECT_TRUE(HasStageRow());
  const v1::ZoneDelta flip = Flip(2, staged_, {}, staged_);
  EXPECT_EQ(Apply(flip), Applied::kKept);
  EXPECT_FALSE(HasStageRow());
  Write([&](store::Overlay& out) { replica_->ClearBehind(out, kZone); });
  EXPECT_EQ(Apply(flip), Applied::kBehind) << "it finds none when it is tried again";
}

TEST_F(NodeLoggedStagesTest, AZoneThatLeavesTakesItsStageAlong) {
  MakeZone();
  StageAll();
  v1::ZoneDelta leaves;
  leaves.set_prev_revision(1);
  leaves.set_revision(2);
  EXPECT_EQ(Apply(leaves), Applied::kRemoved);
  EXPECT_FALSE(HasStageRow());
  EXPECT_EQ(StoredRecords(), 0u);
  // One that was to be made here, and was made elsewhere.
  StageAll();
  EXPECT_EQ(Apply(leaves), Applied::kNothing);
  EXPECT_FALSE(HasStageRow());
}

TEST_F(NodeLoggedStagesTest, AnInventoryEndsAllStages) {
  MakeZone();
  StageAll();
  NodeInventory inventory(replica_->zones(), 5);
  inventory.Add(zone().row);
  const NodeInventory::Difference difference = inventory.Finish();
  Write([&](store::Overlay& out) { replica_->Settle(out, difference, {5, 30, {}}); });
  EXPECT_FALSE(HasStageRow());
  EXPECT_EQ(StoredRecords(), 2u);
  EXPECT_FALSE(zone().is_behind());
}

TEST_F(NodeLoggedStagesTest, ADamagedRowIsToldAtTheStart) {
  Write([](store::Overlay& out) { out.Put(layout::Stage(kZone), "\xff"); });
  EXPECT_EQ(NodeReplica::Open(store_, random_).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace quartet::replication
