#include "controller/history/retention.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "controller/history/history_keeper.h"
#include "controller/history/zone_past.h"
#include "controller/imports/import_fixture.h"
#include "controller/zones/zone_plans.h"
#include "gtest/gtest.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

constexpr int64_t kSecond = 1'000'000;

class RetentionTest : public ImportTest {
 protected:
  // One tick after another until it has been round all zones.
  void Keep(const Retention& retention, size_t zones = 100, RetentionScan::Limits limits = {}) {
    RetentionScan scan(retention, limits);
    proposals_ = 0;
    for (size_t i = 0; i < 100; i += zones) {
      const absl::Status status = KeepWithin(*this, scan, clock_.now_us, zones, [] { return false; });
      ASSERT_TRUE(status.ok()) << status;
    }
  }
  uint64_t Oldest(const std::string& zone) { return ZonePast::Of(store_, Row(zone))->oldest(); }
  stored::v1::ZoneLocalRow Local(const std::string& zone) {
    stored::v1::ZoneLocalRow local;
    EXPECT_TRUE(local.ParseFromString(**store_.Get(replication::layout::ZoneLocal(zone))));
    return local;
  }
  // A change a second.
  void Change(const std::string& zone, int times) {
    for (int i = 0; i < times; ++i) {
      clock_.now_us += kSecond;
      ASSERT_TRUE(Upsert(zone, "a", absl::StrCat("192.0.2.", i % 250)).ok());
    }
  }
  absl::StatusOr<Outcome> Delete(const std::string& zone) {
    return Commit([&](const PlanContext& context) { return PlanZoneDeletion(context, zone, true); });
  }
  void MakeInsync(const std::string& change_id) {
    ASSERT_TRUE(Commit([&](const PlanContext&) -> absl::StatusOr<Plan> {
                  Plan plan;
                  plan.entry.add_effects()->mutable_insync()->add_change_ids(change_id);
                  return plan;
                }).ok());
  }
};

TEST_F(RetentionTest, AZoneCanBeShownAsOfAnyTimeWithinTheBoundAndNoLonger) {
  const std::string zone = MakeZone("example.com.", "");
  Change(zone, 9);
  Keep({.history_us = 100 * kSecond});
  EXPECT_EQ(Oldest(zone), 1u);
  EXPECT_EQ(proposals_, 0u);
  // Revision 10 is of now, 8 of two seconds ago.
  Keep({.history_us = 2 * kSecond + 1});
  EXPECT_EQ(Oldest(zone), 7u);
  const ZonePast past = *ZonePast::Of(store_, Row(zone));
  EXPECT_EQ(*past.RevisionAt(clock_.now_us - 2 * kSecond - 1), 7u);
  Keep({.history_us = 2 * kSecond + 1});
  EXPECT_EQ(proposals_, 0u) << "nothing is due any more";
  clock_.now_us += 1000 * kSecond;
  Keep({.history_us = 2 * kSecond});
  EXPECT_EQ(Oldest(zone), 10u) << "what it is now stays";
}

TEST_F(RetentionTest, AZoneThatNeverChangedCostsNothing) {
  MakeZone("example.com.", "");
  clock_.now_us += 1000 * kSecond;
  Keep({.history_us = kSecond, .history_bytes = 0});
  EXPECT_EQ(proposals_, 0u);
}

TEST_F(RetentionTest, TheOldestGoEarlyWhereThereIsTooMuch) {
  const std::string zone = MakeZone("example.com.", "");
  Change(zone, 50);
  const uint64_t bytes = Local(zone).history_bytes();
  Keep({.history_bytes = bytes / 2});
  EXPECT_LE(Local(zone).history_bytes(), bytes / 2 + 200);
  EXPECT_GT(Local(zone).history_bytes(), bytes / 3);
  EXPECT_GT(Oldest(zone), 20u);
}

TEST_F(RetentionTest, AReplacedGenerationGoesWithItsRevision) {
  const std::string zone = MakeZone("example.com.", "a 60 IN A 192.0.2.1\n");
  ASSERT_TRUE(Import(Force(zone), "x 60 IN A 192.0.2.9\ny 60 IN A 192.0.2.9\nz 60 IN A 192.0.2.9\n").ok());
  const std::string first = replication::layout::Generation(zone, 1);
  ASSERT_TRUE(store_.Scan(first, store::PrefixEnd(first))->Valid());
  clock_.now_us += 100 * kSecond;
  Keep({.history_us = 10 * kSecond});
  EXPECT_FALSE(store_.Scan(first, store::PrefixEnd(first))->Valid());
  EXPECT_EQ(Contents(zone).size(), 4u);
}

TEST_F(RetentionTest, WhatExceedsAnEntryIsDoneByTheNext) {
  const std::string a = MakeZone("a.example.", "");
  const std::string b = MakeZone("b.example.", "");
  Change(a, 20);
  Change(b, 20);
  clock_.now_us += 100 * kSecond;
  Keep({.history_us = 10 * kSecond}, 1, {.rows = 3});
  EXPECT_EQ(Oldest(a), 21u);
  EXPECT_EQ(Oldest(b), 21u);
  EXPECT_GE(proposals_, 14u);
  for (const Sequencer::Committed& committed : TakeCommitted()) {
    uint64_t cuts = 0;
    for (const stored::v1::Effect& effect : committed.entry.effects())
      cuts += effect.has_history_cut() ? 1 : 0;
    EXPECT_LE(cuts, 2u);
    if (cuts > 0) {
      EXPECT_EQ(committed.entry.header().min_reader(), 3u);
      EXPECT_TRUE(committed.entry.header().targets().empty());
    }
  }
}

TEST_F(RetentionTest, ADeletedZoneIsPurgedInTimeAndNeverWhileItsDeletionIsPending) {
  const std::string zone = MakeZone("example.com.", "a 60 IN A 192.0.2.1\n");
  const auto deleted = Delete(zone);
  ASSERT_TRUE(deleted.ok());
  const Retention retention{.undelete_us = 10 * kSecond};
  clock_.now_us += 11 * kSecond;
  Keep(retention);
  EXPECT_TRUE((*view_.Zone(zone)).has_value()) << "PENDING";
  MakeInsync(deleted->change_id);
  clock_.now_us -= 5 * kSecond;
  Keep(retention);
  EXPECT_TRUE((*view_.Zone(zone)).has_value()) << "too early";
  clock_.now_us += 5 * kSecond;
  Keep(retention);
  EXPECT_FALSE((*view_.Zone(zone)).has_value());
  EXPECT_TRUE(view_.ZonesNamed("", *dns::Name::Parse("example.com."))->empty());
  EXPECT_TRUE((*view_.Change(deleted->change_id)).has_value());
  Keep(retention);
  EXPECT_EQ(proposals_, 0u);
  // Its name is free for anybody.
  EXPECT_FALSE(MakeZone("example.com.", "").empty());
}

TEST_F(RetentionTest, WhatHasComeMeanwhileIsNotPurged) {
  const std::string zone = MakeZone("example.com.", "");
  const auto deleted = Delete(zone);
  MakeInsync(deleted->change_id);
  clock_.now_us += 100 * kSecond;
  before_proposal_ = [&](size_t before) {
    if (before > 0) return;
    ASSERT_TRUE(Commit([&](const PlanContext& context) -> absl::StatusOr<Plan> {
                  stored::v1::ZoneRow row = **replication::FullView(context.view).Zone(zone);
                  Plan plan;
                  stored::v1::ZoneEffect& effect = *plan.entry.add_effects()->mutable_zone();
                  effect.set_prev_revision(row.revision());
                  row.set_revision(row.revision() + 1);
                  row.set_state(stored::v1::ZONE_STATE_ACTIVE);
                  *effect.mutable_row() = row;
                  return plan;
                }).ok());
  };
  Keep({.undelete_us = kSecond});
  ASSERT_TRUE((*view_.Zone(zone)).has_value());
  EXPECT_EQ(Row(zone).state(), stored::v1::ZONE_STATE_ACTIVE);
}

}  // namespace
}  // namespace quartet::controller
