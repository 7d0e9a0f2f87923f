// RFC 1034 §4.3.2 step 3b, RFC 9471, RFC 4035 §3.1.4.1: zone cuts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class DelegationTest : public ::testing::Test {
 protected:
  DelegationTest() {
    server_.Load("parent.test.", R"(
@ 900 SOA ns1 admin 1 7200 900 1209600 300
@ NS ns1
ns1 A 192.0.2.53
child NS ns.child
child NS ns.sibling
child NS ns1
child NS far.example.
child DS 1 8 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
ns.child A 192.0.2.1
ns.child AAAA 2001:db8::1
www.child A 192.0.2.99
nested.child NS ns.nested.child
ns.nested.child A 192.0.2.98
sibling NS ns.sibling
ns.sibling A 192.0.2.2
unsigned NS far.example.
alias CNAME www.child
mail MX 10 www.child
mail MX 20 ns1
)");
  }

  TestServer server_;
};

TEST_F(DelegationTest, NamesBelowGetAReferralWithGlue) {
  const Reply reply = server_.Query("www.child.parent.test. A");
  EXPECT_EQ(reply.rcode, "NOERROR");
  EXPECT_FALSE(reply.authoritative);
  EXPECT_THAT(reply.answer, IsEmpty());
  EXPECT_THAT(reply.authority, UnorderedElementsAre("child.parent.test. 300 NS ns.child.parent.test.",
                                                    "child.parent.test. 300 NS ns.sibling.parent.test.",
                                                    "child.parent.test. 300 NS ns1.parent.test.",
                                                    "child.parent.test. 300 NS far.example."));
  EXPECT_THAT(reply.additional, UnorderedElementsAre("ns.child.parent.test. 300 A 192.0.2.1",
                                                     "ns.child.parent.test. 300 AAAA 2001:db8::1",
                                                     "ns.sibling.parent.test. 300 A 192.0.2.2",
                                                     "ns1.parent.test. 300 A 192.0.2.53"));
}

TEST_F(DelegationTest, TheCutItselfGetsAReferral) {
  for (const char* question : {"child.parent.test. A", "child.parent.test. NS", "child.parent.test. ANY"}) {
    const Reply reply = server_.Query(question);
    EXPECT_FALSE(reply.authoritative) << question;
    EXPECT_THAT(reply.answer, IsEmpty()) << question;
    EXPECT_EQ(reply.authority.size(), 4u) << question;
  }
}

TEST_F(DelegationTest, OnlyTheHighestCutCounts) {
  const Reply reply = server_.Query("x.nested.child.parent.test. A");
  EXPECT_EQ(reply.authority.size(), 4u);
  EXPECT_THAT(reply.authority[0], ::testing::StartsWith("child.parent.test."));
}

TEST_F(DelegationTest, GlueIsNoAnswer) {
  EXPECT_THAT(server_.Query("ns.child.parent.test. A").answer, IsEmpty());
  EXPECT_FALSE(server_.Query("ns.child.parent.test. A").authoritative);
}

TEST_F(DelegationTest, DsIsAnsweredByTheParentSide) {
  const Reply signed_child = server_.Query("child.parent.test. DS");
  EXPECT_TRUE(signed_child.authoritative);
  EXPECT_EQ(signed_child.answer.size(), 1u);
  EXPECT_THAT(signed_child.authority, IsEmpty());

  const Reply unsigned_child = server_.Query("unsigned.parent.test. DS");
  EXPECT_TRUE(unsigned_child.authoritative);
  EXPECT_THAT(unsigned_child.answer, IsEmpty());
  EXPECT_THAT(unsigned_child.authority,
              ElementsAre("parent.test. 300 SOA ns1.parent.test. admin.parent.test. 1 7200 900 1209600 300"));

  EXPECT_FALSE(server_.Query("www.child.parent.test. DS").authoritative);
}

TEST_F(DelegationTest, DsOfAZoneServedHereTooIsTheParents) {
  server_.Load("child.parent.test.", R"(
@ 900 SOA ns admin 2 7200 900 1209600 300
@ NS ns
ns A 192.0.2.1
www A 192.0.2.77
)");
  EXPECT_EQ(server_.Query("child.parent.test. DS").answer.size(), 1u);
  EXPECT_THAT(server_.Query("www.child.parent.test. A").answer,
              ElementsAre("www.child.parent.test. 300 A 192.0.2.77"));
  EXPECT_TRUE(server_.Query("child.parent.test. NS").authoritative);
  server_.Remove("parent.test.");
  const Reply reply = server_.Query("child.parent.test. DS");
  EXPECT_TRUE(reply.authoritative);
  EXPECT_THAT(
      reply.authority,
      ElementsAre("child.parent.test. 300 SOA ns.child.parent.test. admin.child.parent.test. 2 7200 900 "
                  "1209600 300"));
}

TEST_F(DelegationTest, ChainIntoAChildEndsWithItsReferral) {
  const Reply reply = server_.Query("alias.parent.test. A");
  EXPECT_TRUE(reply.authoritative);
  EXPECT_THAT(reply.answer, ElementsAre("alias.parent.test. 300 CNAME www.child.parent.test."));
  EXPECT_EQ(reply.authority.size(), 4u);
  EXPECT_EQ(reply.additional.size(), 4u);
}

TEST_F(DelegationTest, DataBelowACutIsNoAdditionalDataOfAnswers) {
  const Reply reply = server_.Query("mail.parent.test. MX");
  EXPECT_EQ(reply.answer.size(), 2u);
  EXPECT_THAT(reply.additional, ElementsAre("ns1.parent.test. 300 A 192.0.2.53"));
}

// RFC 9471 §3.1: glue below the cut is required, or TC; other glue is not.
TEST_F(DelegationTest, RequiredGlueThatDoesNotFitTruncates) {
  const auto zone = [](const std::string& place) {
    std::string text = "@ 900 SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n";
    for (int i = 0; i < 10; ++i) {
      const std::string host = "ns" + std::to_string(i) + "." + place;
      text += "child NS " + host + "\n" + host + " A 192.0.2.1\n" + host + " AAAA 2001:db8::1\n";
    }
    return text;
  };
  server_.Load("in.test.", zone("child"));
  const Reply required = server_.Query("www.child.in.test. A");
  EXPECT_TRUE(required.truncated);
  EXPECT_LE(required.bytes.size(), 512u);
  EXPECT_EQ(required.authority.size(), 10u);
  const Reply whole = server_.Query("www.child.in.test. A", {Transport::kTcp});
  EXPECT_FALSE(whole.truncated);
  EXPECT_EQ(whole.additional.size(), 20u);

  server_.Load("by.test.", zone("other"));
  const Reply helpful = server_.Query("www.child.by.test. A");
  EXPECT_FALSE(helpful.truncated);
  EXPECT_LT(helpful.additional.size(), 20u);
}

}  // namespace
}  // namespace quartet::nameserver
