#include "replication/replica/apply.h"

#include <string>
#include <vector>

#include "dns/name/name.h"
#include "gtest/gtest.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/apply_fixture.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

using ApplyTest = ApplyFixture;

constexpr int64_t kHour = int64_t{3600} * 1'000'000;

dns::Name N(absl::string_view text) { return *dns::Name::Parse(text); }

TEST_F(ApplyTest, MakesAZoneWithItsIndexes) {
  MakeZone();
  EXPECT_EQ((*view_.Zone(kZone))->revision(), 1u);
  EXPECT_EQ(*view_.ZoneGeneration(kZone), 1u);
  EXPECT_EQ((*view_.GetRecord(kZone, 1, "b"))->control, "cb");
  EXPECT_EQ(*view_.ZonesNamed("", N("example.")), std::vector<std::string>{kZone});
  EXPECT_EQ(*view_.AssignedZones("ns-2", "", 10), std::vector<std::string>{kZone});
  const auto change = **view_.Change("C0000000000001");
  EXPECT_EQ(change.zone_id(), kZone);
  EXPECT_EQ(change.epoch(), 7u);
  EXPECT_EQ(change.index(), 1u);
  EXPECT_EQ(change.revision(), 1u);
  ASSERT_EQ(view_.PendingChanges()->size(), 1u);
  EXPECT_EQ((*view_.PendingChanges())[0].change_id, "C0000000000001");
}

TEST_F(ApplyTest, ChangesRecordSetsAndKeepsWhatTheyWere) {
  MakeZone();
  const std::vector<Set> after = {{"b", "sb2", "cb"}, {"c", "sc", "cc"}};
  ASSERT_TRUE(Apply(ZoneEntry(1, Row(2, after), {"a"}, after)).ok());
  EXPECT_FALSE((*view_.GetRecord(kZone, 1, "a")).has_value());
  EXPECT_EQ((*view_.GetRecord(kZone, 1, "b"))->served, "sb2");

  stored::v1::HistoryRow history;
  ASSERT_TRUE(history.ParseFromString(**store_.Get(layout::History(kZone, 2))));
  EXPECT_EQ(history.before().revision(), 1u);
  ASSERT_EQ(history.records_size(), 3);
  EXPECT_EQ(history.records(0).key(), "a");
  EXPECT_EQ(history.records(0).served(), "sa");
  EXPECT_EQ(history.records(1).served(), "sb");
  EXPECT_EQ(history.records(2).key(), "c");
  EXPECT_EQ(history.records(2).served(), "");
}

TEST_F(ApplyTest, RefusesAnotherRevision) {
  MakeZone();
  const std::vector<Set> after = {{"a", "sa", "ca"}};
  EXPECT_EQ(Apply(ZoneEntry(2, Row(3, after), {"b"}, {})).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Apply(ZoneEntry(0, Row(1, after), {"b"}, {})).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Apply(ZoneEntry(1, Row(2, after), {"b"}, {})).ok());
}

TEST_F(ApplyTest, FindsADigestThatComesOutOtherwise) {
  MakeZone();
  EXPECT_EQ(Apply(ZoneEntry(1, Row(2, {{"a", "sa", "ca"}}), {}, {})).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Apply(ZoneEntry(1, Row(2, {{"a", "sa", "other"}}), {"b"}, {})).code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(ApplyTest, ADeletedZoneKeepsAllButItsAssignment) {
  MakeZone();
  stored::v1::ZoneRow row = Row(2, {{"a", "sa", "ca"}, {"b", "sb", "cb"}});
  row.set_state(stored::v1::ZONE_STATE_DELETED);
  ASSERT_TRUE(Apply(ZoneEntry(1, row, {}, {})).ok());
  EXPECT_TRUE(view_.AssignedZones("ns-1", "", 10)->empty());
  EXPECT_EQ(*view_.ZonesNamed("", N("example.")), std::vector<std::string>{kZone});
  EXPECT_EQ((*view_.Zone(kZone))->assignments_size(), 2);
  EXPECT_TRUE((*view_.GetRecord(kZone, 1, "a")).has_value());
}

TEST_F(ApplyTest, APrivateZoneIsInTheDirectoriesOfItsVpcs) {
  const std::vector<Set> sets = {{"a", "sa", "ca"}};
  stored::v1::ZoneRow row = Row(1, sets);
  row.set_private_zone(true);
  row.add_vpc_ids("vpc-1");
  row.add_vpc_ids("vpc-2");
  ASSERT_TRUE(Apply(ZoneEntry(0, row, {}, sets)).ok());
  EXPECT_TRUE(view_.ZonesNamed("", N("example."))->empty());
  EXPECT_EQ(view_.ZonesNamed("vpc-1", N("example."))->size(), 1u);
  row.mutable_vpc_ids()->RemoveLast();
  row.set_revision(2);
  ASSERT_TRUE(Apply(ZoneEntry(1, row, {}, {})).ok());
  EXPECT_EQ(view_.ZonesNamed("vpc-1", N("example."))->size(), 1u);
  EXPECT_TRUE(view_.ZonesNamed("vpc-2", N("example."))->empty());
}

TEST_F(ApplyTest, InsyncIsLoggedOnce) {
  MakeZone();
  stored::v1::Entry entry;
  entry.mutable_header()->set_time_us(5000);
  entry.add_effects()->mutable_insync()->add_change_ids("C0000000000001");
  entry.mutable_effects(0)->mutable_insync()->add_change_ids("CXXXXXXXXXXXXX");
  ASSERT_TRUE(Apply(entry).ok());
  EXPECT_EQ((*view_.Change("C0000000000001"))->insync_time_us(), 5000);
  EXPECT_TRUE(view_.PendingChanges()->empty());
  entry.mutable_header()->set_time_us(6000);
  ASSERT_TRUE(Apply(entry).ok());
  EXPECT_EQ((*view_.Change("C0000000000001"))->insync_time_us(), 5000);
}

stored::v1::Entry ObjectEntry(uint64_t revision, absl::string_view row) {
  stored::v1::Entry entry;
  stored::v1::ObjectEffect& effect = *entry.add_effects()->mutable_object();
  effect.set_kind(stored::v1::OBJECT_KIND_SECRET);
  effect.set_id("digest/1");
  effect.set_revision(revision);
  effect.set_row(std::string(row));
  return entry;
}

TEST_F(ApplyTest, ObjectRevisionsGrowByOneEvenOverDeletion) {
  EXPECT_EQ(ReadDigestKey(store_).status().code(), absl::StatusCode::kNotFound);
  stored::v1::SecretRow secret;
  secret.set_secret(kKey);
  ASSERT_TRUE(Apply(ObjectEntry(1, secret.SerializeAsString())).ok());
  EXPECT_EQ(ReadDigestKey(store_)->id, 1u);
  EXPECT_EQ(ReadDigestKey(store_)->key, kKey);
  EXPECT_FALSE(Apply(ObjectEntry(1, "x")).ok());
  ASSERT_TRUE(Apply(ObjectEntry(2, "")).ok());
  EXPECT_FALSE((*view_.GetObject(stored::v1::OBJECT_KIND_SECRET, "digest/1")).has_value());
  EXPECT_FALSE(Apply(ObjectEntry(1, "x")).ok());
  EXPECT_TRUE(Apply(ObjectEntry(3, "x")).ok());
}

stored::v1::Entry RequestEntry(int64_t time_us, const std::string& id) {
  stored::v1::Entry entry;
  entry.mutable_header()->set_time_us(time_us);
  entry.mutable_header()->set_account("acc");
  entry.mutable_header()->set_principal("p");
  entry.mutable_header()->set_request_id(id);
  entry.mutable_header()->set_request_hash("hash");
  entry.mutable_header()->set_change_id("C1");
  return entry;
}

TEST_F(ApplyTest, RequestsAreForgottenAfterAnHourOfEntryTime) {
  ASSERT_TRUE(Apply(RequestEntry(1'000'000, "one")).ok());
  ASSERT_TRUE(Apply(RequestEntry(1'000'000 + kHour, "two")).ok());
  EXPECT_EQ((*view_.Request("acc", "p", "one"))->request_hash(), "hash");
  ASSERT_TRUE(Apply(RequestEntry(2'000'001 + kHour, "three")).ok());
  EXPECT_FALSE((*view_.Request("acc", "p", "one")).has_value());
  EXPECT_EQ((*view_.Request("acc", "p", "two"))->change_id(), "C1");
}

TEST_F(ApplyTest, ForgottenRequestsAreLookedForOnceASecond) {
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(Apply(RequestEntry(1'000'000 + i * 400'000, std::to_string(i))).ok());
  ASSERT_TRUE(Apply(RequestEntry(1'000'001 + kHour, "a")).ok());
  EXPECT_FALSE((*view_.Request("acc", "p", "0")).has_value());
  ASSERT_TRUE(Apply(RequestEntry(1'900'000 + kHour, "b")).ok());
  EXPECT_TRUE((*view_.Request("acc", "p", "1")).has_value()) << "a scan so soon after the last";
  ASSERT_TRUE(Apply(RequestEntry(2'000'002 + kHour, "c")).ok());
  EXPECT_FALSE((*view_.Request("acc", "p", "1")).has_value());
  EXPECT_FALSE((*view_.Request("acc", "p", "2")).has_value());
}

TEST_F(ApplyTest, ManyForgottenRequestsAreDroppedByEntriesOneAfterAnother) {
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(Apply(RequestEntry(1'000'000 + i, std::to_string(i))).ok());
  for (int i = 0; i < 7; ++i)
    ASSERT_TRUE(Apply(RequestEntry(1'000'200 + kHour, "x" + std::to_string(i))).ok());
  for (int i = 0; i < 100; ++i)
    EXPECT_FALSE((*view_.Request("acc", "p", std::to_string(i))).has_value()) << i;
  EXPECT_TRUE((*view_.Request("acc", "p", "x0")).has_value());
}

TEST_F(ApplyTest, AnIdUsedAgainIsKeptForItsOwnHour) {
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(Apply(RequestEntry(1'000'000, std::to_string(i))).ok());
  // Only some of the forty expire with each entry: "39" is written anew before its old age is reached.
  ASSERT_TRUE(Apply(RequestEntry(1'000'001 + kHour, "39")).ok());
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(Apply(RequestEntry(1'000'002 + kHour, "x" + std::to_string(i))).ok());
  EXPECT_TRUE((*view_.Request("acc", "p", "39")).has_value());
  for (int i = 0; i < 39; ++i) EXPECT_FALSE((*view_.Request("acc", "p", std::to_string(i))).has_value()) << i;
}

TEST_F(ApplyTest, AnEffectOfNoKindIsDamage) {
  stored::v1::Entry entry;
  entry.add_effects();
  EXPECT_EQ(Apply(entry).code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace quartet::replication
