// RFC 6604: in a chain the RCODE is that of the last name (§3), AA is about the first (RFC 1035 §4.1.1).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::StartsWith;

class ChainRcodeTest : public ::testing::Test {
 protected:
  ChainRcodeTest() {
    const std::string half(61, 'x');
    server_.Load("zone.test.", R"(
@ 900 SOA ns1 admin 1 7200 900 1209600 300
@ NS ns1
ns1 A 192.0.2.53
there CNAME ns1
gone CNAME nope
gone2 CNAME gone
*.wild CNAME nope.ns1
*.well CNAME ns1
wildly CNAME a.wild
*.further CNAME b.wild
out CNAME www.other.example.
empty CNAME ent
a.ent A 192.0.2.1
self CNAME self
cutter CNAME www.cut
cut NS ns.cut
ns.cut A 192.0.2.2
old DNAME ent
viaold CNAME a.old
vianope CNAME b.old
long DNAME )" + half + "." + half + "." +
                                   half + R"(.zone.test.
vialong CNAME )" + half + R"(.long
)");
    server_.Load("other.example.",
                 "@ 900 SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n");
  }

  void Expect(const std::string& question, const std::string& rcode, size_t answers, size_t authority) {
    const Reply reply = server_.Query(question);
    EXPECT_EQ(reply.rcode, rcode) << question;
    EXPECT_EQ(reply.answer.size(), answers) << question;
    EXPECT_EQ(reply.authority.size(), authority) << question;
    EXPECT_TRUE(reply.authoritative) << question;
  }

  TestServer server_;
};

TEST_F(ChainRcodeTest, LastNameMissingIsNxDomain) {
  Expect("gone.zone.test. A", "NXDOMAIN", 1, 1);
  Expect("gone2.zone.test. A", "NXDOMAIN", 2, 1);
  EXPECT_THAT(server_.Query("gone2.zone.test. A").authority[0], StartsWith("zone.test. 300 SOA "));
}

TEST_F(ChainRcodeTest, LastNameWithoutTheTypeIsNoError) {
  Expect("there.zone.test. AAAA", "NOERROR", 1, 1);
  Expect("empty.zone.test. A", "NOERROR", 1, 1);
}

TEST_F(ChainRcodeTest, ThroughWildcardsItIsTheSame) {
  Expect("x.well.zone.test. A", "NOERROR", 2, 0);
  Expect("x.wild.zone.test. A", "NXDOMAIN", 1, 1);
  Expect("wildly.zone.test. A", "NXDOMAIN", 2, 1);
  Expect("x.further.zone.test. A", "NXDOMAIN", 2, 1);
}

TEST_F(ChainRcodeTest, ThroughDnamesItIsTheSame) {
  Expect("viaold.zone.test. A", "NOERROR", 4, 0);
  Expect("vianope.zone.test. A", "NXDOMAIN", 3, 1);
  Expect("vialong.zone.test. A", "YXDOMAIN", 2, 0);
}

// What is not this zone's is not looked up, though it may be served here: another account's, and not this answer's
// to vouch for.
TEST_F(ChainRcodeTest, OutOfTheZoneItIsNoErrorAndEnds) { Expect("out.zone.test. A", "NOERROR", 1, 0); }

TEST_F(ChainRcodeTest, LoopsAreNoError) { Expect("self.zone.test. A", "NOERROR", 1, 0); }

TEST_F(ChainRcodeTest, IntoAChildItIsAReferralThatIsAuthoritativeForTheAlias) {
  Expect("cutter.zone.test. A", "NOERROR", 1, 1);
}

TEST_F(ChainRcodeTest, AskedForTheCnameItselfTheTargetDoesNotCount) {
  Expect("gone.zone.test. CNAME", "NOERROR", 1, 0);
  Expect("x.wild.zone.test. CNAME", "NOERROR", 1, 0);
}

}  // namespace
}  // namespace quartet::nameserver
