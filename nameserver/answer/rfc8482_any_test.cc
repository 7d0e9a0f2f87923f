// RFC 8482 §4.1: ANY gets one of the record sets of a name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AnyTest : public ::testing::Test {
 protected:
  AnyTest() {
    server_.Load("zone.test.", R"(
@ 900 SOA ns1 admin 1 7200 900 1209600 300
@ NS ns1
@ MX 10 ns1
ns1 A 192.0.2.53
ns1 TXT "text"
both AAAA 2001:db8::1
both A 192.0.2.1
both A 192.0.2.2
alias CNAME both
*.wild TXT "w"
*.wild A 192.0.2.3
*.walias CNAME both
old DNAME new
old TXT "beside"
www.new A 192.0.2.4
child NS ns.other.test.
child DS 1 8 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
ent.below TXT "x"
)");
  }

  TestServer server_;
};

TEST_F(AnyTest, GetsOneWholeSetOverUdpAndTcp) {
  for (const Transport transport : {Transport::kUdp, Transport::kTcp}) {
    const Reply reply = server_.Query("both.zone.test. ANY", {transport});
    EXPECT_TRUE(reply.authoritative);
    EXPECT_THAT(reply.answer,
                ElementsAre("both.zone.test. 300 A 192.0.2.1", "both.zone.test. 300 A 192.0.2.2"));
  }
}

TEST_F(AnyTest, HostsOfTheSetHaveTheirAddresses) {
  const Reply reply = server_.Query("zone.test. ANY");
  EXPECT_THAT(reply.answer, ElementsAre("zone.test. 300 NS ns1.zone.test."));
  EXPECT_THAT(reply.additional, ElementsAre("ns1.zone.test. 300 A 192.0.2.53"));
}

TEST_F(AnyTest, CnameIsTheSetOfAnAliasAndNotFollowed) {
  EXPECT_THAT(server_.Query("alias.zone.test. ANY").answer,
              ElementsAre("alias.zone.test. 300 CNAME both.zone.test."));
  EXPECT_THAT(server_.Query("x.walias.zone.test. ANY").answer,
              ElementsAre("x.walias.zone.test. 300 CNAME both.zone.test."));
}

TEST_F(AnyTest, WildcardsAnswer) {
  EXPECT_THAT(server_.Query("x.wild.zone.test. ANY").answer,
              ElementsAre("x.wild.zone.test. 300 A 192.0.2.3"));
}

TEST_F(AnyTest, BelowADnameItIsRewrittenAndNotFollowed) {
  EXPECT_THAT(server_.Query("www.old.zone.test. ANY").answer,
              ElementsAre("old.zone.test. 300 DNAME new.zone.test.",
                          "www.old.zone.test. 300 CNAME www.new.zone.test."));
  EXPECT_EQ(server_.Query("old.zone.test. ANY").answer.size(), 1u);
}

TEST_F(AnyTest, AtACutItIsAReferral) {
  const Reply reply = server_.Query("child.zone.test. ANY");
  EXPECT_FALSE(reply.authoritative);
  EXPECT_THAT(reply.answer, IsEmpty());
  EXPECT_THAT(reply.authority, ElementsAre("child.zone.test. 300 NS ns.other.test."));
}

TEST_F(AnyTest, NamesWithoutRecordsAreNoDataOrNxDomain) {
  EXPECT_EQ(server_.Query("below.zone.test. ANY").rcode, "NOERROR");
  EXPECT_EQ(server_.Query("below.zone.test. ANY").authority.size(), 1u);
  EXPECT_EQ(server_.Query("nope.zone.test. ANY").rcode, "NXDOMAIN");
}

}  // namespace
}  // namespace quartet::nameserver
