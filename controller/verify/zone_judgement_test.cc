#include "controller/verify/zone_judgement.h"

#include <gtest/gtest.h>

namespace quartet::controller {
namespace {

using Kind = Judgement::Kind;

const std::string kDigest(16, 'd');
const std::string kOther(16, 'o');
constexpr uint64_t kEpoch = 5;

std::optional<stored::v1::NodeZoneRow> Expected() {
  stored::v1::NodeZoneRow row;
  row.set_revision(7);
  row.set_served_digest(kDigest);
  row.set_digest_key_id(1);
  row.set_record_sets(3);
  return row;
}

replication::v1::ZoneReport Report() {
  replication::v1::ZoneReport report;
  report.set_revision(7);
  report.set_epoch(kEpoch);
  report.set_digest(kDigest);
  report.set_digest_key_id(1);
  report.set_record_sets(3);
  return report;
}

Kind KindOf(const replication::v1::ZoneReport& report) { return Judge(Expected(), kEpoch, &report).kind; }

TEST(JudgeZone, EqualDigestsAtOneRevisionAreTheSame) {
  replication::v1::ZoneReport report = Report();
  EXPECT_EQ(KindOf(report), Kind::kSame);
  report.set_recomputed_digest(kDigest);
  EXPECT_EQ(KindOf(report), Kind::kSame);
}

TEST(JudgeZone, DigestsAreComparedAtEqualEpochAndRevisionOnly) {
  replication::v1::ZoneReport report = Report();
  report.set_digest(kOther);
  EXPECT_EQ(KindOf(report), Kind::kDiffers);
  report.set_revision(6);
  EXPECT_EQ(KindOf(report), Kind::kUncompared);
  EXPECT_TRUE(Judge(Expected(), kEpoch, &report).moving);
  report.set_revision(7);
  report.set_epoch(4);
  EXPECT_EQ(KindOf(report), Kind::kUncompared);
}

TEST(JudgeZone, CountAndKeyOfTheDigestCountToo) {
  replication::v1::ZoneReport report = Report();
  report.set_record_sets(4);
  EXPECT_EQ(KindOf(report), Kind::kDiffers);
  report = Report();
  report.set_digest_key_id(2);
  EXPECT_EQ(KindOf(report), Kind::kDiffers);
}

TEST(JudgeZone, ADiskThatIsNotWhatItsRowSaysIsDamaged) {
  replication::v1::ZoneReport report = Report();
  report.set_recomputed_digest(kOther);
  EXPECT_EQ(KindOf(report), Kind::kDamaged);
  EXPECT_FALSE(Judge(Expected(), kEpoch, &report).moving);
}

TEST(JudgeZone, BehindIsNoDifferenceUnlessTheDigestIsAnother) {
  replication::v1::ZoneReport report = Report();
  report.set_behind("entry 7 can't be read");
  EXPECT_EQ(KindOf(report), Kind::kUncompared);
  report.set_behind("stopped: repair of revision 7 would remove 3 of 4 record sets");
  report.set_digest(kOther);
  EXPECT_EQ(KindOf(report), Kind::kDiffers);
  EXPECT_FALSE(Judge(Expected(), kEpoch, &report).moving);
}

TEST(JudgeZone, WhatIsNotWhereItShouldBeMayBeOnItsWay) {
  EXPECT_EQ(Judge(Expected(), kEpoch, nullptr).kind, Kind::kMissing);
  EXPECT_TRUE(Judge(Expected(), kEpoch, nullptr).moving);
  const replication::v1::ZoneReport report = Report();
  EXPECT_EQ(Judge(std::nullopt, kEpoch, &report).kind, Kind::kExtra);
  EXPECT_TRUE(Judge(std::nullopt, kEpoch, &report).moving);
  EXPECT_EQ(Judge(std::nullopt, kEpoch, nullptr).kind, Kind::kSame);
}

}  // namespace
}  // namespace quartet::controller
