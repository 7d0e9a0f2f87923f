// RFC 4592: wildcards. The zone is that of §2.2.1, and what it leaves open.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class WildcardTest : public ::testing::Test {
 protected:
  WildcardTest() {
    server_.Load("example.", R"(
@ 3600 SOA ns.example.com. admin 1 7200 900 1209600 300
@ NS ns.example.com.
@ NS ns.example.net.
* TXT "this is a wildcard"
* MX 10 host1.example.
sub.* TXT "this is not a wildcard"
host1 A 192.0.2.1
_ssh._tcp.host1 SRV 0 0 22 host1
_ssh._tcp.host2 SRV 0 0 22 host1
subdel NS ns.example.com.
subdel NS ns.example.net.
)");
    server_.Load("more.test.", R"(
@ 3600 SOA ns1 admin 1 7200 900 1209600 300
@ NS ns1
ns1 A 192.0.2.53
a.*.ent A 192.0.2.1
*.alias CNAME real
*.loop CNAME deeper.loop
*.star CNAME *.star
*.out CNAME elsewhere.test.
real A 192.0.2.2
*.both A 192.0.2.3
below.x.both A 192.0.2.4
*.cut A 192.0.2.5
child.cut NS ns.child.cut
ns.child.cut A 192.0.2.6
*.wild.*.mid A 192.0.2.7
)");
  }

  void ExpectNegative(const std::string& question, const std::string& rcode) {
    const Reply reply = server_.Query(question);
    EXPECT_EQ(reply.rcode, rcode) << question;
    EXPECT_TRUE(reply.authoritative);
    EXPECT_THAT(reply.answer, IsEmpty()) << question;
    EXPECT_EQ(reply.authority.size(), 1u) << question;
  }

  TestServer server_;
};

TEST_F(WildcardTest, CoversNamesThatDoNotExist) {
  EXPECT_THAT(server_.Query("host3.example. MX").answer,
              ElementsAre("host3.example. 300 MX 10 host1.example."));
  EXPECT_THAT(server_.Query("foo.bar.example. TXT").answer,
              ElementsAre("foo.bar.example. 300 TXT \"this is a wildcard\""));
}

TEST_F(WildcardTest, WithoutTheTypeIsNoData) { ExpectNegative("host3.example. A", "NOERROR"); }

TEST_F(WildcardTest, DoesNotCoverNamesThatExist) {
  ExpectNegative("host1.example. MX", "NOERROR");
  ExpectNegative("sub.*.example. MX", "NOERROR");
}

TEST_F(WildcardTest, DoesNotCoverEmptyNonTerminals) { ExpectNegative("_tcp.host1.example. MX", "NOERROR"); }

TEST_F(WildcardTest, IsBlockedByACloserEncloser) {
  ExpectNegative("_telnet._tcp.host1.example. SRV", "NXDOMAIN");
  ExpectNegative("ghost.*.example. MX", "NXDOMAIN");
}

TEST_F(WildcardTest, DoesNotReachBelowACut) {
  const Reply reply = server_.Query("host.subdel.example. A");
  EXPECT_EQ(reply.rcode, "NOERROR");
  EXPECT_FALSE(reply.authoritative);
  EXPECT_THAT(reply.authority, ElementsAre("subdel.example. 300 NS ns.example.com.",
                                           "subdel.example. 300 NS ns.example.net."));
}

TEST_F(WildcardTest, ItselfIsAnOrdinaryName) {
  EXPECT_THAT(server_.Query("*.example. MX").answer, ElementsAre("*.example. 300 MX 10 host1.example."));
  EXPECT_THAT(server_.Query("sub.*.example. TXT").answer,
              ElementsAre("sub.*.example. 300 TXT \"this is not a wildcard\""));
}

TEST_F(WildcardTest, AsEmptyNonTerminalGivesNoData) {
  ExpectNegative("any.ent.more.test. A", "NOERROR");
  ExpectNegative("x.any.ent.more.test. A", "NOERROR");
  ExpectNegative("*.ent.more.test. A", "NOERROR");
  EXPECT_THAT(server_.Query("a.*.ent.more.test. A").answer,
              ElementsAre("a.*.ent.more.test. 300 A 192.0.2.1"));
  // The asterisk exists, so names below it are not its own.
  ExpectNegative("b.*.ent.more.test. A", "NXDOMAIN");
}

TEST_F(WildcardTest, LeavesTheEmptyNonTerminalBesideItAlone) {
  ExpectNegative("x.both.more.test. A", "NOERROR");
  ExpectNegative("y.x.both.more.test. A", "NXDOMAIN");
  EXPECT_THAT(server_.Query("z.both.more.test. A").answer, ElementsAre("z.both.more.test. 300 A 192.0.2.3"));
}

TEST_F(WildcardTest, StandsBesideADelegation) {
  EXPECT_THAT(server_.Query("a.cut.more.test. A").answer, ElementsAre("a.cut.more.test. 300 A 192.0.2.5"));
  const Reply reply = server_.Query("b.child.cut.more.test. A");
  EXPECT_THAT(reply.answer, IsEmpty());
  EXPECT_THAT(reply.authority, ElementsAre("child.cut.more.test. 300 NS ns.child.cut.more.test."));
}

TEST_F(WildcardTest, CountsAsTheLeftmostLabelOnly) {
  EXPECT_THAT(server_.Query("q.wild.*.mid.more.test. A").answer,
              ElementsAre("q.wild.*.mid.more.test. 300 A 192.0.2.7"));
  // `*` is an empty non-terminal here, and covers `wild` beside it.
  ExpectNegative("q.wild.b.mid.more.test. A", "NOERROR");
}

TEST_F(WildcardTest, WithACnameIsFollowed) {
  const Reply reply = server_.Query("one.alias.more.test. A");
  EXPECT_THAT(reply.answer, ElementsAre("one.alias.more.test. 300 CNAME real.more.test.",
                                        "real.more.test. 300 A 192.0.2.2"));
  EXPECT_THAT(server_.Query("one.alias.more.test. CNAME").answer,
              ElementsAre("one.alias.more.test. 300 CNAME real.more.test."));
  EXPECT_THAT(server_.Query("one.out.more.test. A").answer,
              ElementsAre("one.out.more.test. 300 CNAME elsewhere.test."));
}

// The wildcard's own name is a name like others, and not yet in the chain.
TEST_F(WildcardTest, LoopThroughItsOwnNameEnds) {
  EXPECT_THAT(server_.Query("start.star.more.test. A").answer,
              ElementsAre("start.star.more.test. 300 CNAME *.star.more.test.",
                          "*.star.more.test. 300 CNAME *.star.more.test."));
}

TEST_F(WildcardTest, LoopOfItsOwnEnds) {
  const Reply reply = server_.Query("start.loop.more.test. A");
  EXPECT_EQ(reply.rcode, "NOERROR");
  EXPECT_THAT(reply.answer, ElementsAre("start.loop.more.test. 300 CNAME deeper.loop.more.test.",
                                        "deeper.loop.more.test. 300 CNAME deeper.loop.more.test."));
}

// §4.3 and before: an asterisk in record data is a label; only owners are sources of synthesis.
TEST_F(WildcardTest, InRecordDataIsALabel) {
  server_.Load("data.test.", R"(
@ 3600 SOA ns1 admin 1 7200 900 1209600 300
@ NS ns1
ns1 A 192.0.2.53
to CNAME *.there
*.there A 192.0.2.1
nowhere CNAME *.missing
mail MX 10 *.there
middle CNAME a.*.there
)");
  EXPECT_THAT(
      server_.Query("to.data.test. A").answer,
      ElementsAre("to.data.test. 300 CNAME *.there.data.test.", "*.there.data.test. 300 A 192.0.2.1"));
  EXPECT_EQ(server_.Query("nowhere.data.test. A").rcode, "NXDOMAIN");
  EXPECT_THAT(server_.Query("mail.data.test. MX").additional,
              ElementsAre("*.there.data.test. 300 A 192.0.2.1"));
  EXPECT_EQ(server_.Query("middle.data.test. A").rcode, "NXDOMAIN")
      << "`*.there` exists, so nothing covers below it";
}

}  // namespace
}  // namespace quartet::nameserver
