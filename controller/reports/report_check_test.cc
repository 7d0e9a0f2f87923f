#include "controller/reports/report_check.h"

#include <string>

#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

using replication::v1::Inquiry;
using replication::v1::ReportPart;
using replication::v1::ZoneReport;

const char kA[] = "Z000000000000A";
const char kB[] = "Z000000000000B";

class ReportCheckTest : public testing::Test {
 protected:
  static Inquiry Question(replication::v1::Depth depth, const std::string& zone = "") {
    Inquiry inquiry;
    inquiry.set_depth(depth);
    inquiry.set_zone_id(zone);
    inquiry.set_parts(2);
    return inquiry;
  }
  static ReportPart Zones(std::initializer_list<std::string> ids) {
    ReportPart part;
    for (const std::string& id : ids) part.add_zones()->set_zone_id(id);
    return part;
  }
  static ReportPart Records(std::initializer_list<std::string> keys) {
    ReportPart part = Zones({kA});
    for (const std::string& key : keys) {
      replication::v1::RecordReport& record = *part.add_records();
      record.set_key(key);
      record.set_digest(std::string(16, 'd'));
    }
    return part;
  }
  static ReportPart Last(ReportPart part, bool more) {
    part.set_last(true);
    part.set_more(more);
    return part;
  }
  static std::string Refusal(ReportCheck& check, const ReportPart& part) {
    const absl::Status status = check.Check(part);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    return std::string(status.message());
  }

  ReportCheck all_{Question(replication::v1::DEPTH_STATED)};
  ReportCheck one_{Question(replication::v1::DEPTH_RECORDS, kA)};
};

TEST_F(ReportCheckTest, GoesOnBehindTheLastZone) {
  EXPECT_TRUE(all_.Check(Last(Zones({kA}), true)).ok());
  EXPECT_EQ(all_.next().after(), kA);
  EXPECT_TRUE(all_.Check(Last(Zones({kB}), false)).ok());
  EXPECT_EQ(all_.next().parts(), 2u);
}

TEST_F(ReportCheckTest, GoesOnBehindTheLastRecordSetOfTheOneZone) {
  EXPECT_TRUE(one_.Check(Last(Records({"a", "b"}), true)).ok());
  EXPECT_EQ(one_.next().after(), "b");
  EXPECT_EQ(one_.next().zone_id(), kA);
  EXPECT_TRUE(one_.Check(Last(Records({"c"}), false)).ok());
}

TEST_F(ReportCheckTest, ZonesComeInOrderAndOnce) {
  EXPECT_EQ(Refusal(all_, Zones({kB, kA})), "its report is none: zones out of order");
  EXPECT_EQ(Refusal(all_, Zones({kB})), "its report is none: zones out of order");
}

TEST_F(ReportCheckTest, RecordSetsComeInOrderAndOnce) {
  EXPECT_EQ(Refusal(one_, Records({"b", "a"})), "its report is none: record sets out of order");
  EXPECT_EQ(Refusal(all_, Records({"a"})), "its report is none: record sets that were not asked for");
}

TEST_F(ReportCheckTest, AnotherZoneThanTheOneAskedForIsRefused) {
  EXPECT_EQ(Refusal(one_, Zones({kB})), "its report is none: a zone that was not asked for");
  ReportCheck again = ReportCheck(Question(replication::v1::DEPTH_STATED, kA));
  EXPECT_EQ(Refusal(again, Zones({kA, kA})), "its report is none: a zone that was not asked for");
}

TEST_F(ReportCheckTest, FieldsHaveTheirSizes) {
  EXPECT_EQ(Refusal(all_, Zones({"short"})), "its report is none: a zone without an id");
  for (void (*spoil)(ZoneReport&) : {+[](ZoneReport& zone) { zone.set_name(std::string(256, 'n')); },
                                     +[](ZoneReport& zone) { zone.set_behind(std::string(1025, 'n')); },
                                     +[](ZoneReport& zone) { zone.set_digest("short"); },
                                     +[](ZoneReport& zone) { zone.set_recomputed_digest("short"); }}) {
    ReportPart part = Zones({kA});
    spoil(*part.mutable_zones(0));
    EXPECT_EQ(Refusal(all_, part), "its report is none: a zone with a field of no such size");
  }
  ReportPart part = Records({"a"});
  part.mutable_records(0)->set_digest("short");
  EXPECT_EQ(Refusal(one_, part), "its report is none: a record set with a field of no such size");
  EXPECT_EQ(Refusal(one_, Records({""})), "its report is none: a record set with a field of no such size");
}

TEST_F(ReportCheckTest, APageEndsWhereItWasAskedTo) {
  EXPECT_TRUE(all_.Check(Zones({kA})).ok());
  ReportPart second = Zones({kB});
  second.set_part(1);
  EXPECT_EQ(Refusal(all_, second), "its report is none: a page is longer than was asked for");
}

TEST_F(ReportCheckTest, APageThatGoesNowhereWouldNeverEnd) {
  EXPECT_EQ(Refusal(all_, Last(Zones({}), true)), "its report is none: a page of nothing, and more to come");
  EXPECT_TRUE(all_.Check(Last(Zones({}), false)).ok());
}

TEST_F(ReportCheckTest, ANodeThatCantTellSaysWhy) {
  ReportPart part = Last(Zones({}), false);
  part.set_error("the disk is gone\n");
  const absl::Status status = all_.Check(part);
  EXPECT_EQ(status, absl::AbortedError("it could not tell all: the disk is gone\\n"));
}

}  // namespace
}  // namespace quartet::controller
