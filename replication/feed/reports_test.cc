#include "replication/feed/reports.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "replication/replica/layout.h"
#include "replication/replica/node_meta.h"
#include "replication/store/memory_store.h"

namespace quartet::replication {
namespace {

constexpr char kKey[] = "0123456789abcdef";

std::string ZoneId(int i) { return absl::StrCat("Z", 1'000'000'000'000 + i); }

v1::Inquiry Inquiry(v1::Depth depth, const std::string& zone_id = "", uint32_t parts = 0) {
  v1::Inquiry inquiry;
  inquiry.set_id(5);
  inquiry.set_depth(depth);
  inquiry.set_zone_id(zone_id);
  inquiry.set_parts(parts);
  return inquiry;
}

class ReportsTest : public testing::Test {
 protected:
  ReportsTest() {
    NodeMeta meta;
    meta.incarnation = std::string(NodeMeta::kIncarnationBytes, 'i');
    meta.cursor = Position{5, 42, {}};
    store::Batch batch;
    store::Overlay out(store_, batch);
    PutIncarnation(out, meta);
    PutCursor(out, meta);
    PutComplete(out);
    PutDigestKey(out, 1, absl::string_view(kKey, Hasher::kKeyBytes));
    EXPECT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  }

  void Put(const std::string& key, absl::string_view value) {
    store::Batch batch;
    batch.Put(key, value);
    ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  }

  void PutZone(int i, int count) {
    Hasher hasher(absl::string_view(kKey, Hasher::kKeyBytes));
    Digest digest;
    for (int r = 0; r < count; ++r) {
      const std::string key = absl::StrCat("record", 1000 + r);
      digest += hasher.Hash(key, "value");
      Put(layout::Record(ZoneId(i), 7, key), "value");
    }
    stored::v1::NodeZoneRow row;
    row.set_id(ZoneId(i));
    row.set_revision(3);
    row.set_digest_key_id(1);
    row.set_record_sets(static_cast<uint64_t>(count));
    row.set_served_digest(digest.ToBytes());
    Put(layout::Zone(ZoneId(i)), row.SerializeAsString());
    stored::v1::ZoneLocalRow local;
    local.set_generation(7);
    local.set_epoch(5);
    Put(layout::ZoneLocal(ZoneId(i)), local.SerializeAsString());
  }

  // All parts of the report on one inquiry.
  std::vector<v1::ReportPart> Report(Reports& reports, const v1::Inquiry& inquiry) {
    reports.Ask(inquiry);
    std::vector<v1::ReportPart> parts;
    for (int steps = 0; steps < 10'000 && !reports.idle(); ++steps) {
      Reports::Step step = reports.Next();
      findings_.insert(findings_.end(), step.findings.begin(), step.findings.end());
      if (step.part.has_value()) parts.push_back(*std::move(step.part));
    }
    EXPECT_TRUE(reports.idle());
    EXPECT_TRUE(!parts.empty() && parts.back().last());
    for (size_t i = 0; i < parts.size(); ++i) {
      EXPECT_EQ(parts[i].part(), i);
      EXPECT_EQ(parts[i].inquiry(), 5u);
    }
    return parts;
  }

  store::MemoryStore store_;
  Reports::Options options_;
  std::vector<ScrubFinding> findings_;
};

TEST_F(ReportsTest, StatesTheRowsOfAllZonesInOrder) {
  for (int i = 0; i < 5; ++i) PutZone(i, i);
  Reports reports(store_, options_);
  const auto parts = Report(reports, Inquiry(v1::DEPTH_STATED));
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].cursor().index(), 42u);
  ASSERT_EQ(parts[0].zones_size(), 5);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(parts[0].zones(i).zone_id(), ZoneId(i));
  EXPECT_EQ(parts[0].zones(4).record_sets(), 4u);
  EXPECT_EQ(parts[0].zones(4).epoch(), 5u);
  EXPECT_TRUE(parts[0].zones(4).recomputed_digest().empty());
}

TEST_F(ReportsTest, AReportOfNothingHasOnePart) {
  Reports reports(store_, options_);
  EXPECT_EQ(Report(reports, Inquiry(v1::DEPTH_STATED)).size(), 1u);
  const auto parts = Report(reports, Inquiry(v1::DEPTH_RECORDS, ZoneId(1)));
  EXPECT_EQ(parts[0].zones_size(), 0);
  EXPECT_TRUE(parts[0].error().empty());
}

TEST_F(ReportsTest, PartsAreBounded) {
  for (int i = 0; i < 100; ++i) PutZone(i, 1);
  options_.part_bytes = 1000;
  Reports reports(store_, options_);
  const auto parts = Report(reports, Inquiry(v1::DEPTH_STATED));
  EXPECT_GE(parts.size(), 5u);
  int zones = 0;
  for (const v1::ReportPart& part : parts) {
    EXPECT_LT(part.ByteSizeLong(), 1200u);
    zones += part.zones_size();
  }
  EXPECT_EQ(zones, 100);
}

TEST_F(ReportsTest, ABoundOfPartsEndsItAndTheNextGoesOnBehindIt) {
  for (int i = 0; i < 100; ++i) PutZone(i, 1);
  options_.part_bytes = 1000;
  Reports reports(store_, options_);
  v1::Inquiry inquiry = Inquiry(v1::DEPTH_STATED, "", 2);
  int zones = 0;
  for (int asked = 0; asked < 100; ++asked) {
    const auto parts = Report(reports, inquiry);
    EXPECT_LE(parts.size(), 2u);
    for (const v1::ReportPart& part : parts) {
      for (const v1::ZoneReport& zone : part.zones()) EXPECT_EQ(zone.zone_id(), ZoneId(zones++));
    }
    if (!parts.back().more()) break;
    inquiry.set_after(ZoneId(zones - 1));
  }
  EXPECT_EQ(zones, 100);
}

TEST_F(ReportsTest, DigestsAreRecomputedFromWhatIsStored) {
  for (int i = 0; i < 3; ++i) PutZone(i, 50);
  Put(layout::Record(ZoneId(1), 7, "record1003"), "another");
  options_.step_bytes = 300;
  Reports reports(store_, options_);
  const auto parts = Report(reports, Inquiry(v1::DEPTH_RECOMPUTED));
  std::vector<v1::ZoneReport> zones;
  for (const v1::ReportPart& part : parts)
    zones.insert(zones.end(), part.zones().begin(), part.zones().end());
  ASSERT_EQ(zones.size(), 3u);
  EXPECT_EQ(zones[0].recomputed_digest(), zones[0].digest());
  EXPECT_NE(zones[1].recomputed_digest(), zones[1].digest());
  ASSERT_EQ(findings_.size(), 1u);
  EXPECT_EQ(findings_[0].zone_id, ZoneId(1));
  EXPECT_EQ(findings_[0].generation, 7u);
}

TEST_F(ReportsTest, RecordSetsOfAZoneWithTheZoneInEachReport) {
  PutZone(1, 100);
  PutZone(2, 3);
  options_.part_bytes = 500;
  Reports reports(store_, options_);
  v1::Inquiry inquiry = Inquiry(v1::DEPTH_RECORDS, ZoneId(1), 1);
  std::vector<std::string> keys;
  for (int asked = 0; asked < 100; ++asked) {
    const auto parts = Report(reports, inquiry);
    ASSERT_EQ(parts.size(), 1u);
    ASSERT_EQ(parts[0].zones_size(), 1);
    EXPECT_EQ(parts[0].zones(0).revision(), 3u);
    for (const v1::RecordReport& record : parts[0].records()) keys.push_back(record.key());
    if (!parts[0].more()) break;
    inquiry.set_after(keys.back());
  }
  ASSERT_EQ(keys.size(), 100u);
  EXPECT_EQ(keys.front(), "record1000");
  EXPECT_EQ(keys.back(), "record1099");
}

TEST_F(ReportsTest, ContentsOfAZoneAreItsRecordSetsWithTheirBytes) {
  PutZone(1, 2);
  Reports reports(store_, options_);
  const auto parts = Report(reports, Inquiry(v1::DEPTH_CONTENTS, ZoneId(1)));
  ASSERT_EQ(parts.size(), 1u);
  ASSERT_EQ(parts[0].records_size(), 2);
  Hasher hasher(absl::string_view(kKey, Hasher::kKeyBytes));
  for (const v1::RecordReport& record : parts[0].records()) {
    EXPECT_EQ(record.served(), "value");
    EXPECT_EQ(record.digest(), hasher.Hash(record.key(), record.served()).ToBytes());
  }
  EXPECT_TRUE(Report(reports, Inquiry(v1::DEPTH_RECORDS, ZoneId(1)))[0].records(0).served().empty());
}

TEST_F(ReportsTest, WhatCanNotBeAnsweredIsTold) {
  Reports reports(store_, options_);
  EXPECT_FALSE(Report(reports, Inquiry(v1::DEPTH_RECORDS)).back().error().empty());
  EXPECT_FALSE(Report(reports, Inquiry(v1::DEPTH_CONTENTS)).back().error().empty());
  EXPECT_FALSE(Report(reports, Inquiry(v1::DEPTH_STATED, "short")).back().error().empty());
  EXPECT_FALSE(Report(reports, Inquiry(static_cast<v1::Depth>(9))).back().error().empty());
}

TEST_F(ReportsTest, AnEndedStreamForgetsWhatWasAsked) {
  for (int i = 0; i < 3; ++i) PutZone(i, 50);
  options_.step_bytes = 300;
  Reports reports(store_, options_);
  for (int i = 0; i < 100; ++i) reports.Ask(Inquiry(v1::DEPTH_RECOMPUTED));
  reports.Next();
  reports.Forget();
  EXPECT_TRUE(reports.idle());
  EXPECT_EQ(Report(reports, Inquiry(v1::DEPTH_STATED))[0].zones_size(), 3);
}

}  // namespace
}  // namespace quartet::replication
