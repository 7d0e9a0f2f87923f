#include "replication/replica/layout.h"

#include <string>

#include "dns/name/name.h"
#include "gtest/gtest.h"

namespace quartet::replication::layout {
namespace {

const char kZone[] = "Z0123456789ABC";

dns::Name N(absl::string_view text) { return *dns::Name::Parse(text); }

TEST(LayoutTest, NumbersSortAsBytes) {
  EXPECT_EQ(BigEndian64(0x0102030405060708), std::string("\x01\x02\x03\x04\x05\x06\x07\x08"));
  EXPECT_LT(BigEndian64(255), BigEndian64(256));
  EXPECT_EQ(ReadBigEndian64(BigEndian64(UINT64_MAX)), UINT64_MAX);
}

TEST(LayoutTest, RecordSetsOfAGenerationShareAPrefix) {
  EXPECT_EQ(Generation(kZone, 2), std::string("rZ0123456789ABC\0\0\0\0\0\0\0\x02", 23));
  EXPECT_EQ(Record(kZone, 2, "key"), Generation(kZone, 2) + "key");
  EXPECT_EQ(Control(kZone, 2, "key"), ControlGeneration(kZone, 2) + "key");
  EXPECT_LT(Record(kZone, 1, "\xff"), Record(kZone, 2, ""));
}

TEST(LayoutTest, DirectorySortsInCanonicalOrderOfNames) {
  const std::string example = Directory("", N("example."), kZone);
  const std::string child = Directory("", N("a.Example."), kZone);
  const std::string grandchild = Directory("", N("z.a.example."), kZone);
  const std::string sibling = Directory("", N("b.example."), kZone);
  EXPECT_LT(example, child);
  EXPECT_LT(child, grandchild);
  EXPECT_LT(grandchild, sibling);
}

TEST(LayoutTest, DirectoryNameIsAPrefixOfItsOwnZonesOnly) {
  const std::string prefix = DirectoryName("", N("example."));
  EXPECT_EQ(Directory("", N("EXAMPLE."), kZone), prefix + kZone);
  EXPECT_NE(Directory("", N("a.example."), kZone).substr(0, prefix.size()), prefix);
  EXPECT_NE(DirectoryName("", N(".")), DirectoryName("vpc-1", N(".")));
}

TEST(LayoutTest, TargetsDoNotRunIntoZoneIds) {
  const std::string prefix = Assignment("ns-1", "");
  EXPECT_EQ(Assignment("ns-1", kZone), prefix + kZone);
  EXPECT_NE(Assignment("ns-10", kZone).substr(0, prefix.size()), prefix);
}

TEST(LayoutTest, RequestsOfDifferentPartiesDiffer) {
  EXPECT_EQ(Request("a", "b", "c"), Request("a", "b", "c"));
  EXPECT_NE(Request("ab", "", "c"), Request("a", "b", "c"));
  EXPECT_EQ(Request("a", "b", "c").size(), 33u);
  EXPECT_EQ(RequestAge(5, Request("a", "b", "c")), "Q" + BigEndian64(5) + Request("a", "b", "c").substr(1));
}

TEST(LayoutTest, PendingChangesSortByIndex) {
  EXPECT_LT(Pending(9, "CZ"), Pending(10, "CA"));
  EXPECT_LT(History(kZone, 9), History(kZone, 10));
  EXPECT_NE(Object(1, "x"), Object(2, "x"));
}

}  // namespace
}  // namespace quartet::replication::layout
