#include "replication/replica/apply_stages.h"

#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/replica/apply_fixture.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

class ApplyStagesTest : public ApplyFixture {
 protected:
  void SetUp() override {
    stored::v1::Entry entry;
    stored::v1::ObjectEffect& effect = *entry.add_effects()->mutable_object();
    effect.set_kind(stored::v1::OBJECT_KIND_SECRET);
    effect.set_id("digest/3");
    effect.set_revision(1);
    stored::v1::SecretRow secret;
    secret.set_secret(kKey);
    effect.set_row(secret.SerializeAsString());
    ASSERT_TRUE(Apply(entry).ok());
  }

  static stored::v1::Entry Chunk(uint64_t stage, uint32_t chunk, const std::vector<Set>& sets) {
    stored::v1::Entry entry;
    entry.mutable_header()->set_principal("quartet://admin/a");
    entry.mutable_header()->add_targets("ns-1");
    entry.mutable_header()->add_targets("ns-2");
    stored::v1::StageEffect& effect = *entry.add_effects()->mutable_stage();
    effect.set_zone_id(kZone);
    effect.set_stage(stage);
    effect.set_chunk(chunk);
    effect.set_digest_key_id(3);
    AddPuts(sets, *effect.mutable_puts());
    return entry;
  }

  // Stages the sets in two chunks; returns the stage's name.
  uint64_t Stage(const std::vector<Set>& sets) {
    const size_t half = sets.size() / 2;
    EXPECT_TRUE(Apply(Chunk(0, 0, {sets.begin(), sets.begin() + static_cast<long>(half)})).ok());
    const uint64_t stage = index_;
    EXPECT_TRUE(Apply(Chunk(stage, 1, {sets.begin() + static_cast<long>(half), sets.end()})).ok());
    return stage;
  }

  // Of a stage with `staged` in two chunks, to a zone with `after`.
  static stored::v1::Entry Flip(uint64_t prev, uint64_t stage, const std::vector<Set>& staged,
                                const std::vector<Set>& after) {
    stored::v1::Entry entry;
    entry.mutable_header()->set_change_id("CFLIP000000000");
    entry.mutable_header()->set_request_id("request");
    stored::v1::FlipEffect& effect = *entry.add_effects()->mutable_flip();
    effect.set_prev_revision(prev);
    *effect.mutable_row() = Row(prev + 1, after);
    effect.mutable_row()->set_digest_key_id(3);
    effect.set_stage(stage);
    effect.set_chunks(2);
    const ZoneTotals totals = TotalsOfSets(staged);
    effect.set_stage_record_sets(totals.record_sets);
    effect.set_stage_served_digest(totals.served.ToBytes());
    effect.set_stage_control_digest(totals.control.ToBytes());
    return entry;
  }

  static stored::v1::Entry Abort(uint64_t stage) {
    stored::v1::Entry entry;
    stored::v1::AbortEffect& effect = *entry.add_effects()->mutable_abort();
    effect.set_zone_id(kZone);
    effect.set_stage(stage);
    return entry;
  }

  // Served and control parts of a generation.
  std::map<std::string, std::string> Records(uint64_t generation) {
    std::map<std::string, std::string> records;
    EXPECT_TRUE(view_
                    .VisitRecords(kZone, generation, "", "",
                                  [&](const FullView::Record& record) {
                                    records[record.key] = record.served + " " + record.control;
                                    return true;
                                  })
                    .ok());
    return records;
  }

  size_t KeysInStore() {
    size_t keys = 0;
    for (auto it = store_.Scan("", ""); it->Valid(); it->Next()) ++keys;
    return keys;
  }

  const std::vector<Set> staged_ = {
      {"a", "sa3", "ca3"}, {"c", "sc", "cc"}, {"d", "sd", "cd"}, {"e", "se", "ce"}};
};

TEST_F(ApplyStagesTest, ChunksAreKeptBesideTheLiveZone) {
  MakeZone();
  const uint64_t stage = Stage(staged_);
  EXPECT_EQ(*view_.ZoneGeneration(kZone), 1u);
  EXPECT_EQ((*view_.Zone(kZone))->revision(), 1u);
  EXPECT_EQ(Records(1).at("a"), "sa ca");
  const stored::v1::StageRow row = **view_.Stage(kZone);
  EXPECT_EQ(row.stage(), stage);
  EXPECT_EQ(row.epoch(), 7u);
  EXPECT_EQ(row.generation(), 2u);
  EXPECT_EQ(row.chunks(), 2u);
  EXPECT_EQ(row.digest_key_id(), 3u);
  EXPECT_EQ(row.last_key(), "e");
  EXPECT_EQ(row.principal(), "quartet://admin/a");
  EXPECT_EQ(row.targets_size(), 2);
  EXPECT_EQ(TotalsOf(row), TotalsOfSets(staged_));
  EXPECT_EQ(Records(2).size(), 4u);
  ASSERT_EQ(view_.Stages()->size(), 1u);
}

TEST_F(ApplyStagesTest, AFlipPutsTheStageInTheZonesPlaceAndKeepsWhatWasThere) {
  MakeZone();
  const uint64_t stage = Stage(staged_);
  const std::vector<Set> after = {{"a", "soa", "ca"}, {"c", "sc", "cc"}, {"d", "sd", "cd"}};
  stored::v1::Entry flip = Flip(1, stage, staged_, after);
  flip.mutable_effects(0)->mutable_flip()->add_removed_keys("e");
  AddPuts({after[0]}, *flip.mutable_effects(0)->mutable_flip()->mutable_puts());
  flip.mutable_effects(0)->mutable_flip()->mutable_row()->mutable_assignments()->RemoveLast();
  ASSERT_TRUE(Apply(flip).ok());

  EXPECT_EQ(*view_.ZoneGeneration(kZone), 2u);
  EXPECT_EQ((*view_.Zone(kZone))->revision(), 2u);
  const std::map<std::string, std::string> expected = {{"a", "soa ca"}, {"c", "sc cc"}, {"d", "sd cd"}};
  EXPECT_EQ(Records(2), expected);
  EXPECT_FALSE(view_.Stage(kZone)->has_value());
  EXPECT_TRUE(view_.AssignedZones("ns-2", "", 10)->empty());
  EXPECT_EQ(view_.AssignedZones("ns-1", "", 10)->size(), 1u);
  EXPECT_EQ((*view_.Change("CFLIP000000000"))->revision(), 2u);
  EXPECT_EQ((*view_.Request("", "", "request"))->zone_id(), kZone);
  stored::v1::HistoryRow history;
  ASSERT_TRUE(history.ParseFromString(**store_.Get(layout::History(kZone, 2))));
  EXPECT_EQ(history.before_generation(), 1u);
  EXPECT_EQ(history.before().revision(), 1u);
  EXPECT_EQ(history.records_size(), 0);
  EXPECT_EQ(Records(1).size(), 2u);
}

TEST_F(ApplyStagesTest, AFlippedZoneIsChangedAndStagedAgain) {
  MakeZone();
  ASSERT_TRUE(Apply(Flip(1, Stage(staged_), staged_, staged_)).ok());
  stored::v1::ZoneRow row = Row(3, {staged_.begin(), staged_.begin() + 3});
  ASSERT_TRUE(Apply(ZoneEntry(2, row, {"e"}, {})).ok());
  EXPECT_EQ(Records(2).size(), 3u);
  ASSERT_TRUE(Apply(Flip(3, Stage(staged_), staged_, staged_)).ok());
  EXPECT_EQ(*view_.ZoneGeneration(kZone), 3u);
}

TEST_F(ApplyStagesTest, AFlipMakesAZone) {
  const uint64_t stage = Stage(staged_);
  EXPECT_EQ(view_.ZoneGeneration(kZone).status().code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(Apply(Flip(0, stage, staged_, staged_)).ok());
  EXPECT_EQ(*view_.ZoneGeneration(kZone), 1u);
  EXPECT_EQ(Records(1).size(), 4u);
  stored::v1::HistoryRow history;
  ASSERT_TRUE(history.ParseFromString(**store_.Get(layout::History(kZone, 1))));
  EXPECT_EQ(history.before_generation(), 0u);
  EXPECT_FALSE(history.has_before());
}

TEST_F(ApplyStagesTest, AZoneMadeBesideAnOpenStageGetsAGenerationOfItsOwn) {
  const uint64_t stage = Stage(staged_);
  MakeZone();
  EXPECT_EQ(*view_.ZoneGeneration(kZone), 2u);
  EXPECT_EQ(Records(2).size(), 2u);
  EXPECT_EQ(Apply(Flip(0, stage, staged_, staged_)).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Apply(Abort(stage)).ok());
  EXPECT_EQ(Records(2).size(), 2u);
}

TEST_F(ApplyStagesTest, AnAbortLeavesNothingBehind) {
  const size_t empty = KeysInStore();
  ASSERT_TRUE(Apply(Abort(Stage(staged_))).ok());
  EXPECT_EQ(KeysInStore(), empty);
  MakeZone();
  const size_t with_zone = KeysInStore();
  ASSERT_TRUE(Apply(Abort(Stage(staged_))).ok());
  EXPECT_EQ(KeysInStore(), with_zone);
  EXPECT_EQ(Records(1).size(), 2u);
}

TEST_F(ApplyStagesTest, ChunksFollowOneAnother) {
  MakeZone();
  EXPECT_FALSE(Apply(Chunk(9, 0, staged_)).ok());
  EXPECT_FALSE(Apply(Chunk(9, 1, staged_)).ok());
  ASSERT_TRUE(Apply(Chunk(0, 0, {staged_[1]})).ok());
  const uint64_t stage = index_;
  const auto code = [&](const stored::v1::Entry& entry) { return Apply(entry).code(); };
  EXPECT_EQ(code(Chunk(0, 0, {staged_[2]})), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(code(Chunk(stage, 0, {staged_[2]})), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(code(Chunk(stage, 2, {staged_[2]})), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(code(Chunk(stage + 1, 1, {staged_[2]})), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(code(Chunk(stage, 1, {staged_[1]})), absl::StatusCode::kDataLoss);
  EXPECT_EQ(code(Chunk(stage, 1, {staged_[0]})), absl::StatusCode::kDataLoss);
  EXPECT_EQ(code(Chunk(stage, 1, {staged_[3], staged_[2]})), absl::StatusCode::kDataLoss);
  stored::v1::Entry other_key = Chunk(stage, 1, {staged_[2]});
  other_key.mutable_effects(0)->mutable_stage()->set_digest_key_id(2);
  EXPECT_EQ(code(other_key), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(code(Chunk(stage, 1, {staged_[2], staged_[3]})), absl::StatusCode::kOk);
}

TEST_F(ApplyStagesTest, AChunkIsBoundedButForOneLargeRecordSet) {
  const Set large{"a", std::string(kMaxChunkBytes, 'x'), "c"};
  EXPECT_TRUE(Apply(Chunk(0, 0, {large})).ok());
  EXPECT_EQ(Apply(Chunk(index_, 1, {{"b", large.served, "c"}, {"c", "s", "c"}})).code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(ApplyStagesTest, AFlipOfSomethingElseIsRefused) {
  MakeZone();
  const uint64_t stage = Stage(staged_);
  const stored::v1::Entry right = Flip(1, stage, staged_, staged_);
  const auto with = [&](const auto& damage) {
    stored::v1::Entry entry = right;
    damage(*entry.mutable_effects(0)->mutable_flip());
    return Apply(entry).code();
  };
  using Flip = stored::v1::FlipEffect;
  EXPECT_EQ(with([](Flip& flip) { flip.set_prev_revision(2); }), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(with([](Flip& flip) { flip.set_stage(flip.stage() + 1); }),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(with([](Flip& flip) { flip.set_chunks(3); }), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(with([](Flip& flip) { flip.mutable_row()->set_digest_key_id(2); }),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(with([](Flip& flip) { flip.set_stage_record_sets(3); }), absl::StatusCode::kDataLoss);
  EXPECT_EQ(with([](Flip& flip) { flip.set_stage_served_digest(std::string(16, 'x')); }),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(with([](Flip& flip) { flip.set_stage_control_digest(std::string(16, 'x')); }),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(with([](Flip& flip) { flip.add_removed_keys("a"); }), absl::StatusCode::kDataLoss);
  EXPECT_EQ(with([](Flip&) {}), absl::StatusCode::kOk);
  EXPECT_EQ(Apply(Abort(stage)).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(ApplyStagesTest, ACrashBetweenTheEntriesOfAnImportLeavesTheOldZone) {
  MakeZone();
  const std::map<std::string, std::string> old_records = Records(1);
  std::vector<stored::v1::Entry> entries = {Chunk(0, 0, {staged_[0], staged_[1]}),
                                            Chunk(index_ + 1, 1, {staged_[2], staged_[3]}),
                                            Flip(1, index_ + 1, staged_, staged_)};
  for (const stored::v1::Entry& entry : entries) {
    // What was written but not synced is lost, and the entry is applied again.
    store::Batch batch;
    store::Overlay overlay(store_, batch);
    ASSERT_TRUE(ApplyEntry(overlay, entry, {7, index_ + 1, {}}, hasher_).ok());
    ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kNo).ok());
    store_.Crash(0);
    EXPECT_EQ(*view_.ZoneGeneration(kZone), 1u);
    EXPECT_EQ(Records(1), old_records);
    ASSERT_TRUE(Apply(entry).ok());
  }
  EXPECT_EQ(*view_.ZoneGeneration(kZone), 2u);
  EXPECT_EQ(Records(2).size(), 4u);
}

TEST_F(ApplyStagesTest, TotalsOfAFlipAreThoseItComesTo) {
  MakeZone();
  const uint64_t stage = Stage(staged_);
  const std::vector<Set> after = {{"a", "soa", "ca"}, {"c", "sc", "cc"}, {"d", "sd", "cd"}};
  RecordKeys removed;
  *removed.Add() = "e";
  RecordPuts puts;
  AddPuts({after[0]}, puts);
  EXPECT_EQ(*TotalsOfFlip(store_, **view_.Stage(kZone), removed, puts, hasher_), TotalsOfSets(after));
  EXPECT_EQ(Records(2).size(), 4u) << "nothing is written";
  EXPECT_EQ((*view_.Stage(kZone))->stage(), stage);
}

TEST_F(ApplyStagesTest, AbortsOfOneEntryNameTheTargetsOfAllOnce) {
  stored::v1::StageRow one, other;
  one.set_zone_id(kZone);
  one.set_stage(4);
  one.add_targets("ns-1");
  one.add_targets("ns-2");
  other.add_targets("ns-2");
  other.add_targets("ns-3");
  stored::v1::Entry entry;
  AddAbort(entry, one, "why");
  AddAbort(entry, other, "why");
  ASSERT_EQ(entry.header().targets_size(), 3);
  EXPECT_EQ(entry.header().targets(2), "ns-3");
  EXPECT_EQ(entry.effects(0).abort().stage(), 4u);
}

}  // namespace
}  // namespace quartet::replication
