#include "dns/record_set/record_set.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quartet::dns {
namespace {

Name Of(absl::string_view text) { return Name::Parse(text).value(); }

RecordData Data(Type type, const std::string& wire) {
  return RecordData::FromWire(type, {reinterpret_cast<const uint8_t*>(wire.data()), wire.size()}).value();
}

RecordData A(char last) { return Data(Type::kA, std::string("\xc0\x00\x02", 3) + last); }

RecordSet Set(absl::string_view owner, uint32_t ttl, std::vector<RecordData> records) {
  return RecordSet::Create(Of(owner), ttl, std::move(records)).value();
}

std::string ErrorOf(uint32_t ttl, std::vector<RecordData> records) {
  const absl::StatusOr<RecordSet> set = RecordSet::Create(Of("www.example.com."), ttl, std::move(records));
  EXPECT_EQ(set.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(set.status().message());
}

TEST(RecordSetTest, KeepsOwnerCaseTtlAndOrder) {
  const RecordSet set = Set("WWW.example.com.", 300, {A(2), A(1)});
  EXPECT_EQ(set.owner().ToString(), "WWW.example.com.");
  EXPECT_EQ(set.type(), Type::kA);
  EXPECT_EQ(set.ttl(), 300u);
  EXPECT_EQ(set.records()[0].wire()[3], 2);
  EXPECT_EQ(set.records()[1].wire()[3], 1);
}

TEST(RecordSetTest, RefusesAnEmptySet) {
  EXPECT_EQ(ErrorOf(300, {}), "record set of www.example.com.: no values");
}

TEST(RecordSetTest, RefusesValuesOfTwoTypes) {
  EXPECT_NE(ErrorOf(300, {A(1), MakeNs(Of("ns.example."))}).find("more than one type"), std::string::npos);
}

TEST(RecordSetTest, RefusesTheSameValueTwice) {
  EXPECT_NE(ErrorOf(300, {A(1), A(2), A(1)}).find("two A values are the same"), std::string::npos);
  // The same but for the case of a name (RFC 4034 §6.2).
  EXPECT_NE(ErrorOf(300, {MakeNs(Of("ns.example.")), MakeNs(Of("NS.example."))}).find("the same"),
            std::string::npos);
  // Text has no case to ignore.
  EXPECT_TRUE(RecordSet::Create(Of("a."), 1, {Data(Type::kTxt, "\1a"), Data(Type::kTxt, "\1A")}).ok());
}

TEST(RecordSetTest, TtlIsBoundedByRfc2181Section8) {
  EXPECT_EQ(Set("a.", 0x7fffffff, {A(1)}).ttl(), RecordSet::kMaxTtl);
  EXPECT_NE(ErrorOf(0x80000000u, {A(1)}).find("TTL"), std::string::npos);
}

TEST(RecordSetTest, RefusesTypesThatAreNeverStored) {
  EXPECT_NE(ErrorOf(1, {Data(Type::kTsig, "x")}).find("TSIG is never stored"), std::string::npos);
  EXPECT_NE(ErrorOf(1, {Data(Type::kOpt, "")}).find("never stored"), std::string::npos);
}

TEST(RecordSetTest, RefusesWhatFitsNoResponse) {
  const auto txt = [](size_t strings, char fill) {
    std::string wire;
    for (size_t i = 0; i < strings; ++i) wire += '\xff' + std::string(255, fill);
    return Data(Type::kTxt, wire);
  };
  EXPECT_TRUE(RecordSet::Create(Of("a."), 1, {txt(127, 'a'), txt(127, 'b')}).ok());
  EXPECT_NE(ErrorOf(1, {txt(127, 'a'), txt(128, 'b')}).find("65535"), std::string::npos);
}

TEST(RecordSetTest, EqualWhateverTheOrderOfValues) {
  const RecordSet set = Set("a.example.", 300, {A(1), A(2)});
  EXPECT_EQ(set, Set("A.example.", 300, {A(2), A(1)}));
  EXPECT_FALSE(set == Set("b.example.", 300, {A(1), A(2)}));
  EXPECT_FALSE(set == Set("a.example.", 301, {A(1), A(2)}));
  EXPECT_FALSE(set == Set("a.example.", 300, {A(1)}));
  EXPECT_FALSE(set == Set("a.example.", 300, {A(1), A(3)}));
  EXPECT_FALSE(Set("a.", 1, {Data(Type::kTxt, "\1a")}) == Set("a.", 1, {Data(Type::kSpf, "\1a")}));
}

}  // namespace
}  // namespace quartet::dns
