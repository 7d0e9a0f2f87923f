#include "controller/zones/faults.h"

#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

using Kind = FaultList::Kind;

TEST(FaultListTest, NoFaultsAreOk) {
  EXPECT_TRUE(FaultList().ToStatus().ok());
  EXPECT_FALSE(FaultsOf(absl::OkStatus()).has_value());
  EXPECT_FALSE(FaultsOf(absl::NotFoundError("x")).has_value());
}

TEST(FaultListTest, TheMessageIsTheFirstFaultAndHowManyMore) {
  FaultList faults;
  faults.Add(Kind::kRule, "www.example.com.", "A", "exists", "it exists already");
  EXPECT_EQ(faults.ToStatus().message(), "www.example.com. A: it exists already");
  EXPECT_EQ(faults.ToStatus().code(), absl::StatusCode::kFailedPrecondition);
  faults.Add(Kind::kForm, "", "", "bad-type", "no such type");
  EXPECT_EQ(faults.ToStatus().message(), "www.example.com. A: it exists already (and 1 more)");
  EXPECT_EQ(faults.ToStatus().code(), absl::StatusCode::kInvalidArgument);
}

TEST(FaultListTest, AFaultOfAFileSaysWhere) {
  admin::v1::Fault fault;
  fault.set_file("example.zone");
  fault.set_line(3);
  fault.set_column(7);
  fault.set_message("no TTL");
  FaultList faults;
  faults.Add(Kind::kForm, fault);
  EXPECT_EQ(faults.ToStatus().message(), "example.zone:3:7: no TTL");
}

TEST(FaultListTest, AllAreCountedAndAThousandListed) {
  FaultList faults;
  for (int i = 0; i < 1500; ++i) faults.Add(Kind::kRule, "a.", "A", "rule", "message");
  faults.AddUnlisted(7);
  const auto carried = FaultsOf(faults.ToStatus());
  ASSERT_TRUE(carried.has_value());
  EXPECT_EQ(carried->faults_size(), 1000);
  EXPECT_EQ(carried->total(), 1507u);
  EXPECT_EQ(carried->faults(0).rule(), "rule");
}

}  // namespace
}  // namespace quartet::controller
