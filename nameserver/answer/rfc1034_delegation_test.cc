// RFC 1034 §4.3.2 step 3b: zone cuts. Glue: rfc9471_glue_test.cc; DS: rfc4035_ds_test.cc.
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

}  // namespace
}  // namespace quartet::nameserver
