// Faults of rules between record sets, found long after the zone file was read, still say where in it they
// are.
#include "controller/zones/faults.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/zone_import.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

class LocateFaultsTest : public ::testing::Test {
 protected:
  void Fault(absl::string_view owner, absl::string_view type) {
    faults_.Add(FaultList::Kind::kRule, owner, type, "rule", "message");
  }
  admin::v1::Faults Located() {
    FaultList none;
    google::protobuf::RepeatedPtrField<admin::v1::Fault> warnings;
    const auto edits = ImportZoneFile("$TTL 300\nwww A 192.0.2.1\nwww TXT x\n\n  MX 10 www\n", "f.zone",
                                      *dns::Name::Parse("example.com."), none, warnings);
    EXPECT_TRUE(none.empty()) << none.ToStatus();
    LocateFaults("f.zone", edits, faults_);
    return *FaultsOf(faults_.ToStatus());
  }

  FaultList faults_;
};

TEST_F(LocateFaultsTest, AtTheFirstRecordOfTheirSet) {
  Fault("www.example.com.", "MX");
  const admin::v1::Faults faults = Located();
  EXPECT_EQ(faults.faults(0).line(), 5u);
  EXPECT_EQ(faults.faults(0).file(), "f.zone");
}

TEST_F(LocateFaultsTest, AtTheirOwnersFirstRecordIfNoSetIsMeant) {
  Fault("www.example.com.", "");
  EXPECT_EQ(Located().faults(0).line(), 2u);
}

TEST_F(LocateFaultsTest, NowhereIfTheFileHasNothingOfIt) {
  Fault("other.example.com.", "A");
  Fault("", "");
  const admin::v1::Faults faults = Located();
  EXPECT_EQ(faults.faults(0).line(), 0u);
  EXPECT_EQ(faults.faults(1).line(), 0u);
}

}  // namespace
}  // namespace quartet::controller
