#include "controller/history/changes_since.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "controller/imports/import_fixture.h"
#include "controller/zones/faults.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

class ChangesSinceTest : public ImportTest {
 protected:
  v1::Faults Since(const std::string& zone, uint64_t revision) {
    const absl::Status told = TellChangesSince(absl::AbortedError("stale"), store_, zone, revision);
    EXPECT_EQ(told.code(), absl::StatusCode::kAborted);
    EXPECT_EQ(told.message(), "stale");
    return FaultsOf(told).value_or(v1::Faults());
  }
};

TEST_F(ChangesSinceTest, EachRecordSetIsToldOnceWithItsLastRevision) {
  const std::string zone = MakeZone("example.com.", "a 60 IN A 192.0.2.1\n");
  ASSERT_TRUE(Upsert(zone, "b", "192.0.2.1").ok());
  ASSERT_TRUE(Upsert(zone, "a", "192.0.2.2").ok());
  ASSERT_TRUE(Upsert(zone, "a", "192.0.2.3").ok());
  const v1::Faults faults = Since(zone, 2);
  ASSERT_EQ(faults.faults_size(), 1);
  EXPECT_EQ(faults.faults(0).owner(), "a.example.com.");
  EXPECT_EQ(faults.faults(0).type(), "A");
  EXPECT_NE(faults.faults(0).message().find("revision 4 by quartet://admin/test at 20"), std::string::npos)
      << faults.faults(0).message();
  EXPECT_EQ(Since(zone, 1).faults_size(), 2);
}

TEST_F(ChangesSinceTest, AReplacementIsToldAsOne) {
  const std::string zone = MakeZone("example.com.", "a 60 IN A 192.0.2.1\n");
  ASSERT_TRUE(Import(Force(zone), "x 60 IN A 192.0.2.9\ny 60 IN A 192.0.2.9\nz 60 IN A 192.0.2.9\n").ok());
  const v1::Faults faults = Since(zone, 1);
  ASSERT_EQ(faults.faults_size(), 1);
  EXPECT_NE(faults.faults(0).message().find("all record sets were replaced by revision 2"),
            std::string::npos);
}

TEST_F(ChangesSinceTest, ListsAThousandAndCountsTheRest) {
  std::string text;
  for (int i = 0; i < 1200; ++i) absl::StrAppend(&text, "n", i, " 60 IN A 192.0.2.1\n");
  const std::string zone = MakeZone("example.com.", "");
  ZoneImporter::Options options = SmallOptions();
  options.entry = {5000, 1 << 20};
  Open(options);
  ASSERT_TRUE(Import(Merge(zone), text).ok());
  const v1::Faults faults = Since(zone, 1);
  EXPECT_EQ(faults.faults_size(), 1000);
  EXPECT_EQ(faults.total(), 1200u);
}

TEST_F(ChangesSinceTest, SaysWhereHistoryEnds) {
  const std::string zone = MakeZone("example.com.", "");
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Upsert(zone, absl::StrCat("n", i), "192.0.2.1").ok());
  ASSERT_TRUE(Commit([&](const PlanContext&) -> absl::StatusOr<Plan> {
                Plan plan;
                stored::v1::HistoryCutEffect& cut = *plan.entry.add_effects()->mutable_history_cut();
                cut.set_zone_id(zone);
                cut.set_revision(4);
                return plan;
              }).ok());
  const v1::Faults faults = Since(zone, 2);
  ASSERT_EQ(faults.faults_size(), 3);
  EXPECT_NE(faults.faults(0).message().find("does not reach back to revision 2"), std::string::npos);
  EXPECT_EQ(faults.faults(1).owner(), "n3.example.com.");
}

TEST_F(ChangesSinceTest, OtherRefusalsAreLeftAlone) {
  const std::string zone = MakeZone("example.com.", "");
  ASSERT_TRUE(Upsert(zone, "a", "192.0.2.1").ok());
  for (const absl::Status& status :
       {absl::OkStatus(), absl::NotFoundError("no"), absl::FailedPreconditionError("no")}) {
    EXPECT_EQ(TellChangesSince(status, store_, zone, 1), status);
  }
  const absl::Status aborted = absl::AbortedError("another import");
  EXPECT_EQ(TellChangesSince(aborted, store_, zone, 0), aborted);
  EXPECT_EQ(TellChangesSince(aborted, store_, zone, 2), aborted);
  EXPECT_EQ(TellChangesSince(aborted, store_, "Z0000000000000", 1), aborted);
}

TEST_F(ChangesSinceTest, AnImportThatCameTooLateIsToldToo) {
  const std::string zone = MakeZone("example.com.", "a 60 IN A 192.0.2.1\n");
  ASSERT_TRUE(Upsert(zone, "b", "192.0.2.1").ok());
  const auto refused = Import(Replace(zone, 1), "c 60 IN A 192.0.2.1\n");
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kAborted);
  const auto faults = FaultsOf(refused.status());
  ASSERT_TRUE(faults.has_value());
  EXPECT_EQ(faults->faults(0).owner(), "b.example.com.");
}

}  // namespace
}  // namespace quartet::controller
