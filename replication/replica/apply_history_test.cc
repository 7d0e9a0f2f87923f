#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/record/record_key.h"
#include "replication/replica/apply_fixture.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

class ApplyHistoryTest : public ApplyFixture {
 protected:
  static stored::v1::Entry Cut(uint64_t revision) {
    stored::v1::Entry entry;
    stored::v1::HistoryCutEffect& effect = *entry.add_effects()->mutable_history_cut();
    effect.set_zone_id(kZone);
    effect.set_revision(revision);
    return entry;
  }
  static stored::v1::Entry Purge(uint64_t revision) {
    stored::v1::Entry entry;
    stored::v1::PurgeEffect& effect = *entry.add_effects()->mutable_purge();
    effect.set_zone_id(kZone);
    effect.set_prev_revision(revision);
    return entry;
  }
  // "a" and "b", then `revision` - 1 changes of "b".
  void MakeZoneAt(uint64_t revision) {
    MakeZone();
    for (uint64_t r = 2; r <= revision; ++r) {
      const Set b{"b", "sb" + std::to_string(r), "cb"};
      ASSERT_TRUE(Apply(ZoneEntry(r - 1, Row(r, {{"a", "sa", "ca"}, b}), {}, {b})).ok());
    }
  }
  void Delete(uint64_t prev) {
    stored::v1::ZoneRow row = Row(prev + 1, {{"a", "sa", "ca"}, {"b", "sb" + std::to_string(prev), "cb"}});
    row.set_state(stored::v1::ZONE_STATE_DELETED);
    ASSERT_TRUE(Apply(ZoneEntry(prev, row, {}, {})).ok());
  }

  stored::v1::HistoryRow History(uint64_t revision) {
    stored::v1::HistoryRow row;
    const auto bytes = *store_.Get(layout::History(kZone, revision));
    EXPECT_TRUE(bytes.has_value() && row.ParseFromString(*bytes)) << revision;
    return row;
  }
  stored::v1::ZoneLocalRow Local() {
    stored::v1::ZoneLocalRow row;
    EXPECT_TRUE(row.ParseFromString(**store_.Get(layout::ZoneLocal(kZone))));
    return row;
  }
  std::map<std::string, std::string> Everything() {
    std::map<std::string, std::string> all;
    for (auto it = store_.Scan("", ""); it->Valid(); it->Next())
      all[std::string(it->key())] = std::string(it->value());
    return all;
  }
};

TEST_F(ApplyHistoryTest, ARevisionSaysWhatKindItIs) {
  MakeZoneAt(2);
  EXPECT_EQ(History(1).kind(), stored::v1::HISTORY_KIND_CREATED);
  EXPECT_EQ(History(1).added(), 2u);
  EXPECT_EQ(History(2).kind(), stored::v1::HISTORY_KIND_CHANGED);
  EXPECT_EQ(History(2).changed(), 1u);
  const Set c{"c", "sc", "cc"};
  ASSERT_TRUE(Apply(ZoneEntry(2, Row(3, {{"b", "sb2", "cb"}, c}), {"a"}, {c})).ok());
  EXPECT_EQ(History(3).added(), 1u);
  EXPECT_EQ(History(3).removed(), 1u);
  EXPECT_EQ(History(3).changed(), 0u);
  const Set soa{RecordKey(dns::Name(), dns::Name(), dns::Type::kSoa), "soa", "control"};
  ASSERT_TRUE(Apply(ZoneEntry(3, Row(4, {{"b", "sb2", "cb"}, c, soa}), {}, {soa})).ok());
  EXPECT_EQ(History(4).kind(), stored::v1::HISTORY_KIND_SETTINGS);
  EXPECT_EQ(History(4).added(), 0u) << "the SOA is not counted";
  stored::v1::ZoneRow row = Row(5, {{"b", "sb2", "cb"}, c, soa});
  row.set_state(stored::v1::ZONE_STATE_DELETED);
  ASSERT_TRUE(Apply(ZoneEntry(4, row, {}, {})).ok());
  EXPECT_EQ(History(5).kind(), stored::v1::HISTORY_KIND_DELETED);
  ASSERT_TRUE(Apply(ZoneEntry(5, Row(6, {{"b", "sb2", "cb"}, c, soa}), {}, {})).ok());
  EXPECT_EQ(History(6).kind(), stored::v1::HISTORY_KIND_UNDELETED);
}

TEST_F(ApplyHistoryTest, TheZonesBytesAreCounted) {
  MakeZoneAt(1);
  EXPECT_EQ(Local().generation_bytes(), 10u);
  EXPECT_GT(Local().history_bytes(), 0u);
  const Set b{"b", "a longer one", "cb"};
  ASSERT_TRUE(Apply(ZoneEntry(1, Row(2, {b}), {"a"}, {b})).ok());
  EXPECT_EQ(Local().generation_bytes(), 15u);
}

TEST_F(ApplyHistoryTest, ACutLeavesWhoMadeItsRevision) {
  MakeZoneAt(5);
  const uint64_t before = Local().history_bytes();
  ASSERT_TRUE(Apply(Cut(3)).ok());
  EXPECT_FALSE((*store_.Get(layout::History(kZone, 1))).has_value());
  EXPECT_FALSE((*store_.Get(layout::History(kZone, 2))).has_value());
  EXPECT_EQ(History(3).principal(), "quartet://admin/a");
  EXPECT_EQ(History(3).time_us(), 1003);
  EXPECT_EQ(History(3).records_size(), 0);
  EXPECT_FALSE(History(3).has_before());
  EXPECT_EQ(History(4).records_size(), 1);
  EXPECT_EQ(Local().history_cut(), 3u);
  EXPECT_LT(Local().history_bytes(), before);
  EXPECT_EQ((*view_.Zone(kZone))->revision(), 5u) << "the zone is as it was";
  ASSERT_TRUE(Apply(Cut(5)).ok());
  EXPECT_EQ(Local().history_bytes(), layout::History(kZone, 5).size() + History(5).ByteSizeLong());
}

TEST_F(ApplyHistoryTest, ACutThatDoesNotFollowLeavesNoTrace) {
  MakeZoneAt(4);
  ASSERT_TRUE(Apply(Cut(2)).ok());
  const auto before = Everything();
  for (const uint64_t revision : {0, 1, 2, 5})
    EXPECT_EQ(Apply(Cut(revision)).code(), absl::StatusCode::kFailedPrecondition) << revision;
  stored::v1::Entry other = Cut(3);
  other.mutable_effects(0)->mutable_history_cut()->set_zone_id("Z0000000000002");
  EXPECT_EQ(Apply(other).code(), absl::StatusCode::kFailedPrecondition);
  other.mutable_effects(0)->mutable_history_cut()->set_zone_id("Z");
  EXPECT_EQ(Apply(other).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Everything(), before);
}

TEST_F(ApplyHistoryTest, APurgeLeavesNothingButTheRevision) {
  MakeZoneAt(2);
  Delete(2);
  EXPECT_TRUE((*store_.Get(layout::Deleted(*dns::Name::Parse("example."), kZone))).has_value());
  ASSERT_TRUE(Apply(Purge(3)).ok());
  for (const auto& [key, value] : Everything()) {
    if (key == layout::ZoneLocal(kZone)) continue;
    // Changes outlive their zone.
    EXPECT_TRUE(key[0] == 'c' || key[0] == 'p') << key;
  }
  EXPECT_EQ(Local().purged_revision(), 3u);
  // Nothing doubled brings it back.
  const std::vector<Set> sets = {{"a", "sa", "ca"}, {"b", "sb", "cb"}};
  EXPECT_EQ(Apply(ZoneEntry(0, Row(1, sets), {}, sets)).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Apply(ZoneEntry(3, Row(4, sets), {}, sets)).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Apply(Purge(3)).code(), absl::StatusCode::kFailedPrecondition);
  stored::v1::Entry chunk;
  chunk.add_effects()->mutable_stage()->set_zone_id(kZone);
  EXPECT_EQ(Apply(chunk).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(ApplyHistoryTest, APurgeThatDoesNotFollowLeavesNoTrace) {
  MakeZoneAt(2);
  EXPECT_EQ(Apply(Purge(2)).code(), absl::StatusCode::kFailedPrecondition) << "it is not deleted";
  Delete(2);
  const auto before = Everything();
  EXPECT_EQ(Apply(Purge(2)).code(), absl::StatusCode::kFailedPrecondition) << "another revision";
  EXPECT_EQ(Apply(Purge(4)).code(), absl::StatusCode::kFailedPrecondition) << "another revision";
  EXPECT_EQ(Everything(), before);
  EXPECT_TRUE(Apply(Purge(3)).ok());
}

TEST_F(ApplyHistoryTest, AnUndeletedZoneIsNotListedAsDeleted) {
  MakeZoneAt(2);
  Delete(2);
  ASSERT_TRUE(Apply(ZoneEntry(3, Row(4, {{"a", "sa", "ca"}, {"b", "sb2", "cb"}}), {}, {})).ok());
  EXPECT_FALSE((*store_.Get(layout::Deleted(*dns::Name::Parse("example."), kZone))).has_value());
  EXPECT_EQ(*view_.AssignedZones("ns-1", "", 10), std::vector<std::string>{kZone});
}

}  // namespace
}  // namespace quartet::replication
