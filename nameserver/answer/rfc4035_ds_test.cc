// RFC 4035 §3.1.4.1: DS belongs to the parent's side of a cut.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kParent[] = R"(
@ 900 SOA ns1 admin 1 7200 900 1209600 300
@ NS ns1
ns1 A 192.0.2.53
signed NS ns.signed
signed DS 1 8 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
ns.signed A 192.0.2.1
unsigned NS ns.other.test.
alias CNAME signed
)";
constexpr char kChild[] = "@ 900 SOA ns admin 2 7200 900 1209600 300\n@ NS ns\nns A 192.0.2.1\n";

class DsTest : public ::testing::Test {
 protected:
  void ExpectNoData(const std::string& question, const std::string& apex) {
    const Reply reply = server_.Query(question);
    EXPECT_EQ(reply.rcode, "NOERROR") << question;
    EXPECT_TRUE(reply.authoritative) << question;
    EXPECT_THAT(reply.answer, IsEmpty());
    ASSERT_EQ(reply.authority.size(), 1u) << question;
    EXPECT_THAT(reply.authority[0], StartsWith(apex + " 300 SOA "));
  }
  void ExpectSigned(const std::string& question, size_t records) {
    const Reply reply = server_.Query(question);
    EXPECT_TRUE(reply.authoritative) << question;
    EXPECT_EQ(reply.answer.size(), records) << question;
    EXPECT_THAT(reply.answer.back(), StartsWith("signed.parent.test. 300 DS 1 8 2 "));
    EXPECT_THAT(reply.authority, IsEmpty());
  }

  TestServer server_;
};

TEST_F(DsTest, ParentAnswersAtItsCut) {
  server_.Load("parent.test.", kParent);
  ExpectSigned("signed.parent.test. DS", 1);
  ExpectNoData("unsigned.parent.test. DS", "parent.test.");
  ExpectSigned("alias.parent.test. DS", 2);
}

TEST_F(DsTest, BelowTheCutItIsAReferralLikeAnyType) {
  server_.Load("parent.test.", kParent);
  const Reply reply = server_.Query("www.signed.parent.test. DS");
  EXPECT_FALSE(reply.authoritative);
  EXPECT_THAT(reply.answer, IsEmpty());
  EXPECT_THAT(reply.authority, ElementsAre("signed.parent.test. 300 NS ns.signed.parent.test."));
}

TEST_F(DsTest, ParentAnswersThoughTheChildIsServedHereToo) {
  server_.Load("parent.test.", kParent);
  server_.Load("signed.parent.test.", kChild);
  server_.Load("unsigned.parent.test.", kChild);
  ExpectSigned("signed.parent.test. DS", 1);
  ExpectNoData("unsigned.parent.test. DS", "parent.test.");
  // All other types are the child's.
  EXPECT_THAT(server_.Query("signed.parent.test. NS").answer,
              ElementsAre("signed.parent.test. 300 NS ns.signed.parent.test."));
  ExpectNoData("signed.parent.test. DNSKEY", "signed.parent.test.");
  // And DS of names in the child too.
  ExpectNoData("ns.signed.parent.test. DS", "signed.parent.test.");
}

TEST_F(DsTest, ChildAnswersNoDataIfNothingAboveIsServedHere) {
  server_.Load("signed.parent.test.", kChild);
  ExpectNoData("signed.parent.test. DS", "signed.parent.test.");
}

// The parent in between is elsewhere: its own cut in the zone above it leads there.
TEST_F(DsTest, GrandparentRefersToTheParent) {
  server_.Load(
      "test.",
      "@ 900 SOA ns admin 1 7200 900 1209600 300\n@ NS ns\nns A 192.0.2.9\nparent NS ns.elsewhere.\n");
  server_.Load("signed.parent.test.", kChild);
  const Reply reply = server_.Query("signed.parent.test. DS");
  EXPECT_EQ(reply.rcode, "NOERROR");
  EXPECT_FALSE(reply.authoritative);
  EXPECT_THAT(reply.authority, ElementsAre("parent.test. 300 NS ns.elsewhere."));
}

TEST_F(DsTest, ParentThatCantBeServedIsServFail) {
  server_.Fail("parent.test.");
  server_.Load("signed.parent.test.", kChild);
  EXPECT_EQ(server_.Query("signed.parent.test. DS").rcode, "SERVFAIL");
  EXPECT_EQ(server_.Query("signed.parent.test. SOA").rcode, "NOERROR");
}

TEST_F(DsTest, RootHasNoParent) {
  server_.Load(".", "@ 900 SOA ns admin 1 7200 900 1209600 300\n@ NS ns\nns A 192.0.2.9\n");
  ExpectNoData(". DS", ".");
}

TEST_F(DsTest, RootIsTheParentOfTopLevelDomains) {
  server_.Load(".", "@ 900 SOA ns admin 1 7200 900 1209600 300\n@ NS ns\nns A 192.0.2.9\ntest NS ns\n");
  server_.Load("test.", kChild);
  ExpectNoData("test. DS", ".");
}

}  // namespace
}  // namespace quartet::nameserver
