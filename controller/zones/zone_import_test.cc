#include "controller/zones/zone_import.h"

#include <algorithm>
#include <string>

#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

class ZoneImportTest : public ::testing::Test {
 protected:
  std::vector<RecordSetEdit> Import(absl::string_view text) {
    return ImportZoneFile(text, "f.zone", *dns::Name::Parse("example.com."), faults_, warnings_);
  }
  bool Warned(absl::string_view rule) {
    return std::any_of(warnings_.begin(), warnings_.end(),
                       [&](const auto& one) { return one.rule() == rule; });
  }

  FaultList faults_;
  google::protobuf::RepeatedPtrField<admin::v1::Fault> warnings_;
};

TEST_F(ZoneImportTest, LeavesOutSoaAndApexNsWithAWarning) {
  const auto edits = Import(
      "$TTL 300\n"
      "@ SOA ns.test. host.test. 1 2 3 4 5\n"
      "@ NS ns1.test.\n"
      "www A 192.0.2.1\n"
      "sub NS ns.sub\n");
  EXPECT_TRUE(faults_.empty()) << faults_.ToStatus();
  ASSERT_EQ(edits.size(), 2u);
  EXPECT_EQ(edits[0].owner.ToString(), "www.example.com.");
  EXPECT_EQ(edits[1].type, dns::Type::kNs);
  EXPECT_TRUE(Warned("soa-left-out"));
  EXPECT_TRUE(Warned("apex-ns-left-out"));
  EXPECT_GT(EntryBytes(edits), 20u);
}

TEST_F(ZoneImportTest, FaultsHaveTheirPlace) {
  EXPECT_TRUE(Import("$TTL 300\nwww A 192.0.2.1\nbad A 192.0.2.999\nworse MX\n").empty());
  const auto faults = FaultsOf(faults_.ToStatus());
  ASSERT_TRUE(faults.has_value());
  EXPECT_EQ(faults->total(), 2u);
  EXPECT_EQ(faults->faults(0).line(), 3u);
  EXPECT_GT(faults->faults(0).column(), 0u);
  EXPECT_EQ(faults->faults(0).file(), "f.zone");
  EXPECT_EQ(faults->faults(1).line(), 4u);
  EXPECT_EQ(faults_.ToStatus().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ZoneImportTest, AnEmptyFileIsAnEmptyZone) {
  EXPECT_TRUE(Import("").empty());
  EXPECT_TRUE(faults_.empty());
}

TEST_F(ZoneImportTest, RefusesWhatASignerMakes) {
  Import("$TTL 300\nwww TYPE47 \\# 4 00 00 01 40\n");
  const auto faults = FaultsOf(faults_.ToStatus());
  ASSERT_TRUE(faults.has_value());
  EXPECT_EQ(faults->faults(0).rule(), "type-not-stored");
}

}  // namespace
}  // namespace quartet::controller
