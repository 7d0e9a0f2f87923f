#include "controller/history/history_writes.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/imports/import_fixture.h"
#include "controller/zones/faults.h"
#include "controller/zones/zone_plans.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;
using Lines = std::vector<std::string>;

class HistoryWritesTest : public ImportTest {
 protected:
  HistoryWrites Writes() {
    HistoryWrites::Options options;
    options.entry = {3, 1000};
    options.stage.chunk_bytes = 100;
    options.stage.patience = std::chrono::milliseconds(300);
    return HistoryWrites(*this, options);
  }

  static v1::RevertZoneRequest To(const std::string& zone, uint64_t revision) {
    v1::RevertZoneRequest request;
    request.set_zone(absl::StrCat("zones/", zone));
    request.set_to_revision(revision);
    return request;
  }
  static v1::RevertZoneRequest Allowed(v1::RevertZoneRequest request) {
    request.add_allow("mass-deletion");
    return request;
  }

  absl::StatusOr<Outcome> Revert(const v1::RevertZoneRequest& request) {
    return Writes().Revert({"quartet://admin/test"}, request, [this] { return gone_; });
  }

  absl::StatusOr<Lines> Preview(const v1::RevertZoneRequest& request) {
    Lines lines;
    const absl::Status status = Writes().PreviewRevert(request, [&](const v1::RevertPreviewPart& part) {
      for (const v1::RecordSetEffect& effect : part.effects()) {
        if (effect.has_before()) lines.push_back(absl::StrCat("-", effect.before().owner()));
        if (effect.has_after()) lines.push_back(absl::StrCat("+", effect.after().owner()));
      }
      return true;
    });
    if (!status.ok()) return status;
    return lines;
  }

  absl::StatusOr<Outcome> Undelete(const std::string& zone, const std::string& request_id = "") {
    v1::UndeleteZoneRequest request;
    request.set_zone(absl::StrCat("zones/", zone));
    request.set_request_id(request_id);
    return Writes().Undelete({"quartet://admin/test"}, request);
  }

  absl::StatusOr<Outcome> Delete(const std::string& zone) {
    return Commit([&](const PlanContext& context) { return PlanZoneDeletion(context, zone, true); });
  }

  absl::StatusOr<Outcome> Make(const std::string& name, const std::string& account) {
    const NewZone zone{*dns::Name::Parse(name), account, "", {}};
    return Commit([&](const PlanContext& context) {
      return PlanNewZone(context, zone, [](const std::string&) { return 0; });
    });
  }

  bool gone_ = false;
};

TEST_F(HistoryWritesTest, ARevertIsOneChangeWhereItIsSmall) {
  const std::string zone = MakeZone("example.com.", "a 60 IN A 192.0.2.1\nb 60 IN A 192.0.2.2\n");
  const Lines then = Contents(zone);
  ASSERT_TRUE(Upsert(zone, "a", "192.0.2.9").ok());
  ASSERT_TRUE(Upsert(zone, "c", "192.0.2.3").ok());
  const uint32_t serial = Row(zone).serial();
  EXPECT_EQ(*Preview(To(zone, 1)), (Lines{"-a.example.com.", "+a.example.com.", "-c.example.com."}));
  EXPECT_EQ(Row(zone).revision(), 3u);
  proposals_ = 0;
  const auto reverted = Revert(To(zone, 1));
  ASSERT_TRUE(reverted.ok()) << reverted.status();
  EXPECT_EQ(proposals_, 1u);
  EXPECT_FALSE(reverted->change_id.empty());
  EXPECT_EQ(Contents(zone), then);
  EXPECT_EQ(Row(zone).revision(), 4u);
  EXPECT_EQ(Row(zone).serial(), serial + 1);
  // And that can be reverted too.
  ASSERT_TRUE(Revert(To(zone, 3)).ok());
  EXPECT_EQ(Contents(zone).size(), 4u);
  EXPECT_FALSE(StageIsOpen());
}

TEST_F(HistoryWritesTest, ALargeRevertIsStagedAndFlipped) {
  std::string text;
  for (int i = 0; i < 40; ++i) absl::StrAppend(&text, "n", i, " 60 IN A 192.0.2.", i, "\n");
  const std::string zone = MakeZone("example.com.", text);
  const Lines then = Contents(zone);
  v1::ImportStart start = Force(zone);
  start.add_allow("mass-deletion");
  ASSERT_TRUE(Import(start, "x 60 IN A 192.0.2.1\ny 60 IN A 192.0.2.1\nz 60 IN A 192.0.2.1\n").ok());
  proposals_ = 0;
  const auto reverted = Revert(To(zone, 1));
  ASSERT_TRUE(reverted.ok()) << reverted.status();
  EXPECT_GT(proposals_, 3u) << "chunks and a flip";
  EXPECT_EQ(Contents(zone), then);
  EXPECT_EQ(Row(zone).revision(), 3u);
  EXPECT_FALSE(StageIsOpen());
}

TEST_F(HistoryWritesTest, WhatIsSoAlreadyIsNotChanged) {
  const std::string zone = MakeZone("example.com.", "a 60 IN A 192.0.2.1\n");
  const auto reverted = Revert(To(zone, 1));
  ASSERT_TRUE(reverted.ok()) << reverted.status();
  EXPECT_EQ(reverted->change_id, "");
  EXPECT_EQ(reverted->zone_id, zone);
  EXPECT_EQ(Row(zone).revision(), 1u);
}

TEST_F(HistoryWritesTest, TheGuardStandsAgainstARevertToo) {
  const std::string zone = MakeZone("example.com.", "a 60 IN A 192.0.2.1\n");
  std::string text;
  for (int i = 0; i < 20; ++i) absl::StrAppend(&text, "n", i, " 60 IN A 192.0.2.", i, "\n");
  ASSERT_TRUE(Import(Force(zone), text).ok());
  const auto refused = Revert(To(zone, 1));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(refused.status().message().find("mass-deletion"), std::string::npos);
  EXPECT_EQ(Preview(To(zone, 1)).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Revert(Allowed(To(zone, 1))).ok());
  EXPECT_EQ(Contents(zone).size(), 2u);
}

TEST_F(HistoryWritesTest, RefusesWhatItCannotFind) {
  const std::string zone = MakeZone("example.com.", "");
  EXPECT_EQ(Revert(To(zone, 2)).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Revert(To(zone, 0)).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Revert(To("nothing.test.", 1)).status().code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(Delete(zone).ok());
  EXPECT_EQ(Revert(To(zone, 1)).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(HistoryWritesTest, AChangeMeanwhileIsLookedAtAgain) {
  const std::string zone = MakeZone("example.com.", "a 60 IN A 192.0.2.1\n");
  const Lines then = Contents(zone);
  ASSERT_TRUE(Upsert(zone, "a", "192.0.2.9").ok());
  before_proposal_ = [&](size_t before) {
    if (before > 0) return;
    ASSERT_TRUE(Upsert(zone, "other", "192.0.2.7").ok());
  };
  proposals_ = 0;
  ASSERT_TRUE(Revert(To(zone, 1)).ok());
  EXPECT_EQ(Contents(zone), then) << "what came meanwhile is reverted too";

  v1::RevertZoneRequest conditional = To(zone, 2);
  conditional.set_if_revision(Row(zone).revision());
  proposals_ = 0;
  const auto refused = Revert(conditional);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kAborted);
  const auto faults = FaultsOf(refused.status());
  ASSERT_TRUE(faults.has_value());
  ASSERT_EQ(faults->faults_size(), 1);
  EXPECT_EQ(faults->faults(0).owner(), "other.example.com.");
  EXPECT_EQ(faults->faults(0).rule(), "changed-since");
}

TEST_F(HistoryWritesTest, TheSameRequestIsDoneOnce) {
  const std::string zone = MakeZone("example.com.", "a 60 IN A 192.0.2.1\n");
  ASSERT_TRUE(Upsert(zone, "a", "192.0.2.9").ok());
  v1::RevertZoneRequest request = To(zone, 1);
  request.set_request_id("once");
  const auto first = Revert(request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(Upsert(zone, "a", "192.0.2.8").ok());
  const auto second = Revert(request);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(second->duplicate);
  EXPECT_EQ(second->change_id, first->change_id);
  EXPECT_EQ(Row(zone).revision(), 4u);
}

TEST_F(HistoryWritesTest, WhoGoesAwayLeavesNoStage) {
  std::string text;
  for (int i = 0; i < 40; ++i) absl::StrAppend(&text, "n", i, " 60 IN A 192.0.2.", i, "\n");
  const std::string zone = MakeZone("example.com.", text);
  v1::ImportStart start = Force(zone);
  start.add_allow("mass-deletion");
  ASSERT_TRUE(Import(start, "x 60 IN A 192.0.2.1\ny 60 IN A 192.0.2.1\nz 60 IN A 192.0.2.1\n").ok());
  const Lines before = Contents(zone);
  proposals_ = 0;
  before_proposal_ = [&](size_t made) { gone_ = made >= 2; };
  EXPECT_EQ(Revert(To(zone, 1)).status().code(), absl::StatusCode::kAborted);
  EXPECT_FALSE(StageIsOpen());
  EXPECT_EQ(Contents(zone), before);
}

TEST_F(HistoryWritesTest, AnUndeletedZoneIsWhatItWas) {
  const std::string zone = MakeZone("example.com.", "a 60 IN A 192.0.2.1\n");
  const Lines before = Contents(zone);
  const stored::v1::ZoneRow row = Row(zone);
  EXPECT_EQ(Undelete("example.com.").status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(Delete(zone).ok());
  EXPECT_TRUE(view_.AssignedZones(row.assignments(0).target(), "", 10)->empty());
  const auto undeleted = Undelete("example.com.", "again");
  ASSERT_TRUE(undeleted.ok()) << undeleted.status();
  EXPECT_EQ(Contents(zone), before);
  EXPECT_EQ(Row(zone).revision(), row.revision() + 2);
  EXPECT_EQ(Row(zone).state(), stored::v1::ZONE_STATE_ACTIVE);
  EXPECT_EQ(Row(zone).delete_time_us(), 0);
  ASSERT_EQ(Row(zone).assignments_size(), 4);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Row(zone).assignments(i).target(), row.assignments(i).target());
  EXPECT_EQ(view_.AssignedZones(row.assignments(0).target(), "", 10)->size(), 1u);
  const auto repeated = Undelete("example.com.", "again");
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_TRUE(repeated->duplicate);
}

TEST_F(HistoryWritesTest, AnUndeletionDoesNotTakeWhatAnotherZoneGotMeanwhile) {
  const auto made = Make("example.com.", "tenant");
  ASSERT_TRUE(made.ok()) << made.status();
  const std::string zone = made->zone_id;
  ASSERT_TRUE(Delete(zone).ok());
  // Others of the account may get its nameservers: with two slots a stripe there are eight sets.
  bool shared = false;
  for (int i = 0; i < 2; ++i) {
    const auto another = Make("example.com.", "tenant");
    if (!another.ok()) break;
    const stored::v1::ZoneRow mine = Row(zone);
    const stored::v1::ZoneRow theirs = Row(another->zone_id);
    for (const auto& one : mine.assignments()) {
      for (const auto& other : theirs.assignments()) shared |= one.target() == other.target();
    }
  }
  ASSERT_TRUE(shared) << "the test needs another seed";
  const auto refused = Undelete(zone);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(refused.status().message().find("given to another zone"), std::string::npos) << refused.status();
}

TEST_F(HistoryWritesTest, OfSeveralDeletedZonesOfANameOneHasToBeNamed) {
  const std::string first = Make("example.com.", "tenant")->zone_id;
  ASSERT_TRUE(Delete(first).ok());
  const std::string second = Make("example.com.", "tenant")->zone_id;
  ASSERT_TRUE(Delete(second).ok());
  const auto refused = Undelete("example.com.");
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(refused.status().message().find(first), std::string::npos) << refused.status();
  EXPECT_TRUE(Undelete(first).ok());
  EXPECT_EQ(Undelete("nothing.test.").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Undelete("Z0000000000000").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace quartet::controller
