// RFC 9471: glue. That for servers below the cut (§2.1 in-domain) is all there or TC is set (§3.1); that for servers
// below other cuts (§2.2 sibling) is there as far as it fits (§3.2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr char kApex[] = "@ 900 SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n";

// A cut `child` with servers named N.PLACE, each with both addresses.
std::string Cut(const std::string& place, int servers) {
  std::string text = kApex;
  for (int i = 0; i < servers; ++i) {
    const std::string host = absl::StrCat("ns", i, ".", place);
    absl::StrAppend(&text, "child NS ", host, "\n", host, " A 192.0.2.", i, "\n", host, " AAAA 2001:db8::", i,
                    "\n");
  }
  return text;
}

class GlueTest : public ::testing::Test {
 protected:
  std::vector<std::string> Glue(const std::string& zone, const std::string& question) {
    server_.Load("zone.test.", kApex + zone);
    const Reply reply = server_.Query(question);
    EXPECT_FALSE(reply.truncated);
    EXPECT_FALSE(reply.authoritative);
    EXPECT_THAT(reply.answer, IsEmpty());
    return reply.additional;
  }

  TestServer server_;
};

TEST_F(GlueTest, OnlyTheServersOfThisCutHaveGlue) {
  EXPECT_THAT(Glue(R"(
child NS ns.child
ns.child A 192.0.2.1
other.child A 192.0.2.2
another NS ns.another
ns.another A 192.0.2.3
)",
                   "www.child.zone.test. A"),
              ElementsAre("ns.child.zone.test. 300 A 192.0.2.1"));
}

TEST_F(GlueTest, ServersOutsideTheZoneHaveNone) {
  EXPECT_THAT(Glue("child NS ns.other.example.\nchild NS ns.zonetest.\n", "child.zone.test. A"), IsEmpty());
}

TEST_F(GlueTest, TheCutsOwnNameMayBeTheServer) {
  EXPECT_THAT(Glue("child NS child\nchild A 192.0.2.1\n", "www.child.zone.test. A"),
              ElementsAre("child.zone.test. 300 A 192.0.2.1"));
}

// The addresses lie below a cut of the child's own, which is of no concern here.
TEST_F(GlueTest, BelowANestedCutItIsGlueAllTheSame) {
  EXPECT_THAT(Glue("child NS ns.nested.child\nnested.child NS ns.nested.child\nns.nested.child A 192.0.2.1\n",
                   "x.child.zone.test. A"),
              ElementsAre("ns.nested.child.zone.test. 300 A 192.0.2.1"));
}

// §2.3: two cuts that need each other.
TEST_F(GlueTest, SiblingsThatNeedEachOtherHaveTheOthersGlue) {
  const std::string zone = "one NS ns.two\ntwo NS ns.one\nns.one A 192.0.2.1\nns.two A 192.0.2.2\n";
  EXPECT_THAT(Glue(zone, "x.one.zone.test. A"), ElementsAre("ns.two.zone.test. 300 A 192.0.2.2"));
  EXPECT_THAT(Glue(zone, "x.two.zone.test. A"), ElementsAre("ns.one.zone.test. 300 A 192.0.2.1"));
}

TEST_F(GlueTest, AddressesOfTheZoneItselfHelpToo) {
  EXPECT_THAT(Glue("child NS ns1\n", "x.child.zone.test. A"), ElementsAre("ns1.zone.test. 300 A 192.0.2.53"));
}

TEST_F(GlueTest, NoAddressIsMadeByAWildcard) {
  EXPECT_THAT(Glue("child NS ns.hosts\n*.hosts A 192.0.2.1\n", "x.child.zone.test. A"), IsEmpty());
}

TEST_F(GlueTest, GlueNamesAreAskedForAtTheChild) {
  for (const char* question :
       {"ns.child.zone.test. A", "ns.child.zone.test. ANY", "ns.child.zone.test. DS"}) {
    EXPECT_THAT(Glue("child NS ns.child\nns.child A 192.0.2.1\n", question),
                ElementsAre("ns.child.zone.test. 300 A 192.0.2.1"))
        << question;
  }
}

TEST_F(GlueTest, RequiredGlueThatDoesNotFitTruncates) {
  server_.Load("zone.test.", Cut("child", 10));
  const Reply reply = server_.Query("www.child.zone.test. A");
  EXPECT_TRUE(reply.truncated);
  EXPECT_EQ(reply.authority.size(), 10u);
  EXPECT_LE(reply.bytes.size(), 512u);
  const Reply large = server_.Query("www.child.zone.test. A", {Transport::kUdp, EdnsWith()});
  EXPECT_FALSE(large.truncated);
  EXPECT_EQ(large.additional.size(), 20u);
}

TEST_F(GlueTest, SiblingGlueThatDoesNotFitIsLeftOut) {
  server_.Load("zone.test.", Cut("other", 10));
  const Reply reply = server_.Query("www.child.zone.test. A");
  EXPECT_FALSE(reply.truncated);
  EXPECT_FALSE(reply.additional.empty());
  EXPECT_LT(reply.additional.size(), 20u);
}

// Required glue comes first, wherever its servers stand in the set.
TEST_F(GlueTest, RequiredGlueGoesBeforeOther) {
  std::string zone = kApex;
  for (int i = 0; i < 8; ++i) {
    const std::string host = absl::StrCat("a", i, ".another");
    absl::StrAppend(&zone, "child NS ", host, "\n", host, " A 192.0.2.1\n", host, " AAAA 2001:db8::1\n");
  }
  absl::StrAppend(&zone, "child NS zz.child\nzz.child A 192.0.2.99\n");
  server_.Load("zone.test.", zone);
  const Reply reply = server_.Query("www.child.zone.test. A");
  EXPECT_FALSE(reply.truncated);
  EXPECT_THAT(reply.additional, Contains("zz.child.zone.test. 300 A 192.0.2.99"));
  EXPECT_LT(reply.additional.size(), 17u);
}

TEST_F(GlueTest, SetsAreWholeOrNotThere) {
  std::string zone = absl::StrCat(kApex, "child NS ns.child\nns.child AAAA 2001:db8::1\n");
  for (int i = 0; i < 40; ++i) absl::StrAppend(&zone, "ns.child A 192.0.2.", i, "\n");
  server_.Load("zone.test.", zone);
  const Reply reply = server_.Query("www.child.zone.test. A");
  EXPECT_TRUE(reply.truncated);
  EXPECT_THAT(reply.additional, IsEmpty());
  EXPECT_EQ(server_.Query("www.child.zone.test. A", {Transport::kTcp}).additional.size(), 41u);
}

}  // namespace
}  // namespace quartet::nameserver
