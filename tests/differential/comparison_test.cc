// What counts as a difference, and what does not.
#include "tests/differential/comparison.h"

#include <gtest/gtest.h>

#include "dns/name/name.h"
#include "dns/record_set/record_set.h"
#include "tests/differential/rules.h"

namespace quartet::differential {
namespace {

using dns::Name;
using dns::Type;

Record MakeRecord(const std::string& owner, Type type, const std::string& data) {
  const Name name = *Name::Parse(owner);
  const auto parsed = *dns::RecordData::Parse(type, data, Name());
  return {std::string(name.wire().begin(), name.wire().end()), type, 1,
          std::string(parsed.wire().begin(), parsed.wire().end())};
}

class ComparisonTest : public ::testing::Test {
 protected:
  ComparisonTest() {
    Zone zone;
    zone.apex = *Name::Parse("w00000.test.");
    Put(&zone, "w00000.test.", Type::kNs, "ns.example.");
    Put(&zone, "www.w00000.test.", Type::kA, "192.0.2.1");
    Put(&zone, "cut.w00000.test.", Type::kNs, "ns.cut.w00000.test.");
    Put(&zone, "ns.cut.w00000.test.", Type::kA, "192.0.2.2");
    zone_ = std::move(zone);
  }

  static void Put(Zone* zone, const std::string& owner, Type type, const std::string& data) {
    const Name name = *Name::Parse(owner);
    zone->names[name].emplace(
        type, *dns::RecordSet::Create(name, 300, {*dns::RecordData::Parse(type, data, Name())}));
  }

  static Reply Answer() {
    Reply reply;
    reply.missing = false;
    reply.authoritative = true;
    reply.answer = {MakeRecord("www.w00000.test.", Type::kA, "192.0.2.1")};
    return reply;
  }

  static Reply Referral() {
    Reply reply;
    reply.missing = false;
    reply.authority = {MakeRecord("cut.w00000.test.", Type::kNs, "ns.cut.w00000.test.")};
    reply.additional = {MakeRecord("ns.cut.w00000.test.", Type::kA, "192.0.2.2")};
    return reply;
  }

  Case MakeCase(const Reply& ours, const Reply& theirs) {
    return {question_, name_,          world_,        &zone_, Walk(zone_, name_, question_.type),
            servers_,  {ours, theirs}, {ours, theirs}};
  }

  std::string Difference(const Reply& ours, const Reply& theirs) {
    return DifferenceAmong(MakeCase(ours, theirs), 3);
  }

  Question question_;
  Name name_ = *Name::Parse("www.w00000.test.");
  Zone zone_;
  World world_;
  std::vector<std::string> servers_ = {"quartet", "knotd"};
};

TEST_F(ComparisonTest, EqualAnswersAreEqual) { EXPECT_EQ(Difference(Answer(), Answer()), ""); }

TEST_F(ComparisonTest, HeaderBitsAndRcodeCount) {
  Reply other = Answer();
  other.rcode = dns::Rcode::kNxDomain;
  EXPECT_EQ(Difference(Answer(), other), "quartet | knotd: rcode");
  other = Answer();
  other.authoritative = false;
  EXPECT_EQ(Difference(Answer(), other), "quartet | knotd: AA");
  other = Answer();
  other.truncated = true;
  EXPECT_EQ(Difference(Answer(), other), "quartet | knotd: TC answer");
  EXPECT_EQ(Difference(Answer(), Reply()), "quartet | knotd: missing AA answer");
}

TEST_F(ComparisonTest, RecordsCount) {
  Reply other = Answer();
  other.answer.insert(MakeRecord("www.w00000.test.", Type::kA, "192.0.2.9"));
  EXPECT_EQ(Difference(Answer(), other), "quartet | knotd: answer");
  other = Answer();
  other.authority.insert(MakeRecord("w00000.test.", Type::kSoa, "a. b. 1 2 3 4 5"));
  EXPECT_EQ(Difference(Answer(), other), "quartet | knotd: authority");
}

TEST_F(ComparisonTest, OwnNsBesideAnAnswerAndAdditionalDataDoNot) {
  Reply other = Answer();
  other.authority.insert(MakeRecord("w00000.test.", Type::kNs, "ns.example."));
  other.additional.insert(MakeRecord("ns.example.", Type::kA, "192.0.2.7"));
  EXPECT_EQ(Difference(Answer(), other), "");
}

TEST_F(ComparisonTest, GlueCounts) {
  Reply other = Referral();
  other.additional.clear();
  EXPECT_EQ(Difference(Referral(), other), "quartet | knotd: glue");
}

TEST_F(ComparisonTest, WhatTheZoneDoesNotHoldIsOurFault) {
  question_.edns = false;
  Reply ours = Answer();
  ours.additional = {MakeRecord("mail.w00000.test.", Type::kA, "192.0.2.3")};
  const std::vector<uint8_t> query = *WireOf({.name = "www.w00000.test."});
  EXPECT_EQ(FaultOfOurs(MakeCase(Answer(), Answer()), query, query), "");
  EXPECT_EQ(FaultOfOurs(MakeCase(ours, Answer()), query, query),
            "not in the zone: mail.w00000.test. A 192.0.2.3");
  std::vector<uint8_t> other = query;
  other[13] ^= 0x20;
  EXPECT_EQ(FaultOfOurs(MakeCase(Answer(), Answer()), query, other),
            "the question is not repeated to the letter");
}

TEST_F(ComparisonTest, NoRuleExcusesAWrongAnswer) {
  Reply wrong = Answer();
  wrong.answer = {MakeRecord("www.w00000.test.", Type::kA, "192.0.2.66")};
  for (const Rule& rule : Rules()) EXPECT_EQ(rule.excused(MakeCase(wrong, Answer())), 0u) << rule.name;
  wrong = Answer();
  wrong.rcode = dns::Rcode::kServFail;
  for (const Rule& rule : Rules()) EXPECT_EQ(rule.excused(MakeCase(wrong, Answer())), 0u) << rule.name;
}

// A server that truncates without need differs.
TEST_F(ComparisonTest, TruncationWithoutNeedIsNotExcused) {
  Reply truncated = Answer();
  truncated.truncated = true;
  truncated.size = 60;
  Case one = MakeCase(truncated, Answer());
  one.whole[kOurs] = Answer();
  one.whole[kOurs].size = 60;
  for (const Rule& rule : Rules()) EXPECT_EQ(rule.excused(one), 0u) << rule.name;
  one.whole[kOurs].size = 600;
  unsigned excused = 0;
  for (const Rule& rule : Rules()) excused |= rule.excused(one);
  EXPECT_EQ(excused, 2u);
}

}  // namespace
}  // namespace quartet::differential
