// RFC 6672: DNAME.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::ElementsAre;

class DnameTest : public ::testing::Test {
 protected:
  DnameTest() {
    server_.Load("zone.test.", R"(
@ 900 SOA ns1 admin 1 7200 900 1209600 300
@ NS ns1
ns1 A 192.0.2.53
old DNAME new
old TXT "beside"
www.new A 192.0.2.1
far DNAME other.example.
hidden.far A 192.0.2.9
chain1 DNAME chain2
chain2 DNAME new
loop DNAME x.loop
grows DNAME aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.grows
ring1 DNAME ring2
ring2 DNAME ring1
twice DNAME hop
start.hop CNAME end.twice
end.hop A 192.0.2.2
long DNAME aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.dddddddddddddddddddddddddd.test.
alias CNAME www.old
)");
    server_.Load("apex.test.", R"(
@ 900 SOA ns1.zone.test. admin 1 7200 900 1209600 300
@ NS ns1.zone.test.
@ DNAME zone.test.
@ MX 10 mail.zone.test.
)");
  }

  TestServer server_;
};

TEST_F(DnameTest, NamesBelowAreRewrittenAndFollowed) {
  const Reply reply = server_.Query("www.old.zone.test. A");
  EXPECT_EQ(reply.rcode, "NOERROR");
  EXPECT_TRUE(reply.authoritative);
  EXPECT_THAT(reply.answer, ElementsAre("old.zone.test. 300 DNAME new.zone.test.",
                                        "www.old.zone.test. 300 CNAME www.new.zone.test.",
                                        "www.new.zone.test. 300 A 192.0.2.1"));
}

TEST_F(DnameTest, OwnerItselfIsNotRewritten) {
  EXPECT_THAT(server_.Query("old.zone.test. TXT").answer, ElementsAre("old.zone.test. 300 TXT \"beside\""));
  EXPECT_THAT(server_.Query("old.zone.test. DNAME").answer,
              ElementsAre("old.zone.test. 300 DNAME new.zone.test."));
  EXPECT_EQ(server_.Query("old.zone.test. A").authority.size(), 1u);
}

TEST_F(DnameTest, MissingTargetIsNxDomain) {
  const Reply reply = server_.Query("nope.old.zone.test. A");
  EXPECT_EQ(reply.rcode, "NXDOMAIN");
  EXPECT_EQ(reply.answer.size(), 2u);
  EXPECT_EQ(reply.authority.size(), 1u);
}

TEST_F(DnameTest, DataBelowIsOccluded) {
  EXPECT_THAT(server_.Query("hidden.far.zone.test. A").answer,
              ElementsAre("far.zone.test. 300 DNAME other.example.",
                          "hidden.far.zone.test. 300 CNAME hidden.other.example."));
}

TEST_F(DnameTest, AllLabelsInFrontAreKept) {
  EXPECT_THAT(server_.Query("a.B.c.far.zone.test. A").answer,
              ElementsAre("far.zone.test. 300 DNAME other.example.",
                          "a.B.c.far.zone.test. 300 CNAME a.B.c.other.example."));
}

TEST_F(DnameTest, ChainsAreFollowed) {
  const Reply reply = server_.Query("www.chain1.zone.test. A");
  EXPECT_THAT(reply.answer, ElementsAre("chain1.zone.test. 300 DNAME chain2.zone.test.",
                                        "www.chain1.zone.test. 300 CNAME www.chain2.zone.test.",
                                        "chain2.zone.test. 300 DNAME new.zone.test.",
                                        "www.chain2.zone.test. 300 CNAME www.new.zone.test.",
                                        "www.new.zone.test. 300 A 192.0.2.1"));
  EXPECT_EQ(server_.Query("alias.zone.test. A").answer.size(), 4u);
}

// §3.2: the search begins anew with the new name, which the same DNAME may cover.
TEST_F(DnameTest, MetAgainOnTheWayItIsFollowedAgain) {
  const Reply reply = server_.Query("start.twice.zone.test. A");
  EXPECT_EQ(reply.rcode, "NOERROR");
  EXPECT_THAT(reply.answer, ElementsAre("twice.zone.test. 300 DNAME hop.zone.test.",
                                        "start.twice.zone.test. 300 CNAME start.hop.zone.test.",
                                        "start.hop.zone.test. 300 CNAME end.twice.zone.test.",
                                        "end.twice.zone.test. 300 CNAME end.hop.zone.test.",
                                        "end.hop.zone.test. 300 A 192.0.2.2"));
}

TEST_F(DnameTest, LoopsEnd) {
  const Reply reply = server_.Query("a.ring1.zone.test. A");
  EXPECT_EQ(reply.rcode, "NOERROR");
  EXPECT_THAT(reply.answer, ElementsAre("ring1.zone.test. 300 DNAME ring2.zone.test.",
                                        "a.ring1.zone.test. 300 CNAME a.ring2.zone.test.",
                                        "ring2.zone.test. 300 DNAME ring1.zone.test.",
                                        "a.ring2.zone.test. 300 CNAME a.ring1.zone.test."));
}

// No loop: every name is another, until one is too long or there were too many.
TEST_F(DnameTest, IntoItselfEndsAsAChainDoes) {
  const Reply reply = server_.Query("a.loop.zone.test. A", {Transport::kTcp});
  EXPECT_EQ(reply.rcode, "NOERROR");
  EXPECT_EQ(reply.answer.size(), 17u);
  EXPECT_EQ(reply.answer[1], "a.loop.zone.test. 300 CNAME a.x.loop.zone.test.");
  EXPECT_EQ(reply.answer[2], "a.x.loop.zone.test. 300 CNAME a.x.x.loop.zone.test.");
  EXPECT_EQ(server_.Query("a.grows.zone.test. A", {Transport::kTcp}).rcode, "YXDOMAIN");
}

// §2.2: the DNAME is in the answer, so that the client sees why.
TEST_F(DnameTest, NameThatBecomesTooLongIsYxDomain) {
  const Reply reply =
      server_.Query("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.long.zone.test. A");
  EXPECT_EQ(reply.rcode, "YXDOMAIN");
  EXPECT_EQ(reply.answer.size(), 1u);
  EXPECT_EQ(server_.Query("a.long.zone.test. A").rcode, "NOERROR");
}

TEST_F(DnameTest, SynthesizedCnameIsTheAnswerToCname) {
  EXPECT_EQ(server_.Query("www.old.zone.test. CNAME").answer.size(), 2u);
}

TEST_F(DnameTest, StandsAtTheApexBesideSoaAndNs) {
  EXPECT_EQ(server_.Query("apex.test. MX").answer.size(), 1u);
  EXPECT_THAT(server_.Query("www.apex.test. A").answer,
              ElementsAre("apex.test. 300 DNAME zone.test.", "www.apex.test. 300 CNAME www.zone.test."));
}

}  // namespace
}  // namespace quartet::nameserver
