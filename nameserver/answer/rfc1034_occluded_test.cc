// Data below a cut (RFC 2136 §7.18 calls it occluded, RFC 9499 §7 too) or below a DNAME (RFC 6672 §2.4) is not the
// zone's, however it came there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OccludedTest : public ::testing::Test {
 protected:
  OccludedTest() {
    server_.Load("zone.test.", R"(
@ 900 SOA ns1 admin 1 7200 900 1209600 300
@ NS ns1
ns1 A 192.0.2.53
cut NS ns.cut
cut A 192.0.2.1
cut TXT "beside the cut"
cut MX 10 ns1
ns.cut A 192.0.2.2
www.cut A 192.0.2.3
alias.cut CNAME ns1
*.cut A 192.0.2.4
dname.cut DNAME ns1
deep.cut NS ns1
ent.below.cut A 192.0.2.5
old DNAME new
www.old A 192.0.2.6
alias.old CNAME ns1
*.old A 192.0.2.7
cut.old NS ns1
inner.old DNAME ns1
new A 192.0.2.8
tocut CNAME www.cut
toold CNAME www.old
mail MX 1 www.cut
mail MX 2 www.old
mail MX 3 ns1
_s._tcp SRV 0 0 1 www.cut
_s._tcp SRV 0 0 2 www.old
_s._tcp SRV 0 0 3 ns1
)");
  }

  TestServer server_;
};

TEST_F(OccludedTest, NothingAtOrBelowACutIsAnswered) {
  for (const char* question :
       {"cut.zone.test. A", "cut.zone.test. TXT", "cut.zone.test. MX", "cut.zone.test. NS",
        "cut.zone.test. SOA", "ns.cut.zone.test. A", "www.cut.zone.test. A", "alias.cut.zone.test. CNAME",
        "x.cut.zone.test. A", "*.cut.zone.test. A", "x.dname.cut.zone.test. A", "dname.cut.zone.test. DNAME",
        "x.deep.cut.zone.test. A", "deep.cut.zone.test. DS", "below.cut.zone.test. A",
        "nope.below.cut.zone.test. A"}) {
    const Reply reply = server_.Query(question);
    EXPECT_EQ(reply.rcode, "NOERROR") << question;
    EXPECT_FALSE(reply.authoritative) << question;
    EXPECT_THAT(reply.answer, IsEmpty()) << question;
    EXPECT_THAT(reply.authority, ElementsAre("cut.zone.test. 300 NS ns.cut.zone.test.")) << question;
  }
}

TEST_F(OccludedTest, BelowADnameOnlyTheDnameIs) {
  for (const char* question : {"www.old.zone.test. A", "alias.old.zone.test. A", "x.old.zone.test. A",
                               "*.old.zone.test. A", "x.cut.old.zone.test. A", "x.inner.old.zone.test. A",
                               "cut.old.zone.test. NS", "cut.old.zone.test. DS"}) {
    const Reply reply = server_.Query(question);
    EXPECT_TRUE(reply.authoritative) << question;
    ASSERT_EQ(reply.answer.size(), 2u) << question;
    EXPECT_EQ(reply.answer[0], "old.zone.test. 300 DNAME new.zone.test.") << question;
    EXPECT_EQ(reply.rcode, "NXDOMAIN") << question << ": nothing is below `new`";
  }
}

TEST_F(OccludedTest, ChainsEndAtIt) {
  const Reply cut = server_.Query("tocut.zone.test. A");
  EXPECT_THAT(cut.answer, ElementsAre("tocut.zone.test. 300 CNAME www.cut.zone.test."));
  EXPECT_EQ(cut.authority.size(), 1u);
  const Reply old = server_.Query("toold.zone.test. A");
  EXPECT_EQ(old.answer.size(), 3u);
  EXPECT_EQ(old.rcode, "NXDOMAIN");
}

TEST_F(OccludedTest, ItIsNoAdditionalDataOfAnswers) {
  for (const char* question : {"mail.zone.test. MX", "_s._tcp.zone.test. SRV"}) {
    const Reply reply = server_.Query(question);
    EXPECT_EQ(reply.answer.size(), 3u);
    EXPECT_THAT(reply.additional, ElementsAre("ns1.zone.test. 300 A 192.0.2.53")) << question;
  }
}

}  // namespace
}  // namespace quartet::nameserver
