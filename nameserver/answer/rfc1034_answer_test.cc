// RFC 1034 §4.3.2: names and types that are there, CNAME chains, additional data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class AnswerTest : public ::testing::Test {
 protected:
  AnswerTest() {
    server_.Load("zone.test.", R"(
@ 900 SOA ns1 admin.other.example. 1 7200 900 1209600 300
@ 172800 NS ns1
@ 172800 NS ns-2.other.example.
@ MX 10 mail
@ MX 20 mail.other.example.
@ MX 30 backup.mail.other.example.
@ TXT "v=spf1 -all" "second"
@ CAA 0 issue "ca.example.net"
ns1 A 192.0.2.53
ns1 AAAA 2001:db8::53
mail A 192.0.2.25
www A 192.0.2.1
www A 192.0.2.2
www AAAA 2001:db8::1
_sip._tcp SRV 0 5 5060 sip
_sip._tcp SRV 1 5 5060 ns1
sip A 192.0.2.60
https HTTPS 1 . alpn=h2
svcb SVCB 1 www port=8443
naptr NAPTR 100 10 "u" "sip+E2U" "!^.*$!sip:info@example.com!" .
ssh SSHFP 1 1 00112233445566778899aabbccddeeff00112233
_443._tcp.www TLSA 3 1 1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
ptr PTR www
spf SPF "v=spf1 -all"
unknown TYPE65280 \# 3 010203
a1 CNAME a2
a2 CNAME a3
a3 CNAME www
self CNAME self
ring1 CNAME ring2
ring2 CNAME ring1
out CNAME www.other.example.
apex CNAME @
Mixed.Case A 192.0.2.9
)");
  }

  void ExpectAnswer(const std::string& question, const std::string& data) {
    const Reply reply = server_.Query(question);
    const std::string owner = question.substr(0, question.find(' '));
    EXPECT_EQ(reply.rcode, "NOERROR");
    EXPECT_TRUE(reply.authoritative);
    EXPECT_THAT(reply.answer, ElementsAre(absl::StrCat(owner, " 300 ", data)));
    EXPECT_THAT(reply.authority, IsEmpty());
  }

  TestServer server_;
};

TEST_F(AnswerTest, EveryTypeComesAsItIs) {
  ExpectAnswer("mail.zone.test. A", "A 192.0.2.25");
  ExpectAnswer("www.zone.test. AAAA", "AAAA 2001:db8::1");
  ExpectAnswer("zone.test. TXT", "TXT \"v=spf1 -all\" \"second\"");
  ExpectAnswer("zone.test. CAA", "CAA 0 issue \"ca.example.net\"");
  ExpectAnswer("https.zone.test. HTTPS", "HTTPS 1 . alpn=\"h2\"");
  ExpectAnswer("svcb.zone.test. SVCB", "SVCB 1 www.zone.test. port=8443");
  ExpectAnswer("naptr.zone.test. NAPTR", "NAPTR 100 10 \"u\" \"sip+E2U\" \"!^.*$!sip:info@example.com!\" .");
  ExpectAnswer("ssh.zone.test. SSHFP", "SSHFP 1 1 00112233445566778899aabbccddeeff00112233");
  ExpectAnswer("_443._tcp.www.zone.test. TLSA",
               "TLSA 3 1 1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  ExpectAnswer("ptr.zone.test. PTR", "PTR www.zone.test.");
  ExpectAnswer("spf.zone.test. SPF", "SPF \"v=spf1 -all\"");
  ExpectAnswer("unknown.zone.test. TYPE65280", "TYPE65280 \\# 3 010203");
  ExpectAnswer("out.zone.test. CNAME", "CNAME www.other.example.");
}

TEST_F(AnswerTest, ASetComesWhole) {
  EXPECT_THAT(server_.Query("www.zone.test. A").answer,
              UnorderedElementsAre("www.zone.test. 300 A 192.0.2.1", "www.zone.test. 300 A 192.0.2.2"));
}

// RFC 4343: compared without case, and the question's case comes back.
TEST_F(AnswerTest, CaseOfTheQuestionIsKept) {
  EXPECT_THAT(server_.Query("mAiL.ZoNe.TeSt. A").answer, ElementsAre("mAiL.ZoNe.TeSt. 300 A 192.0.2.25"));
  EXPECT_THAT(server_.Query("mixed.case.zone.test. A").answer,
              ElementsAre("mixed.case.zone.test. 300 A 192.0.2.9"));
}

TEST_F(AnswerTest, CnameIsFollowedWithinTheZone) {
  EXPECT_THAT(server_.Query("a1.zone.test. AAAA").answer,
              ElementsAre("a1.zone.test. 300 CNAME a2.zone.test.", "a2.zone.test. 300 CNAME a3.zone.test.",
                          "a3.zone.test. 300 CNAME www.zone.test.", "www.zone.test. 300 AAAA 2001:db8::1"));
  EXPECT_THAT(
      server_.Query("apex.zone.test. CAA").answer,
      ElementsAre("apex.zone.test. 300 CNAME zone.test.", "zone.test. 300 CAA 0 issue \"ca.example.net\""));
}

TEST_F(AnswerTest, CnameOutOfTheZoneEndsTheAnswer) {
  const Reply reply = server_.Query("out.zone.test. A");
  EXPECT_EQ(reply.rcode, "NOERROR");
  EXPECT_THAT(reply.answer, ElementsAre("out.zone.test. 300 CNAME www.other.example."));
  EXPECT_THAT(reply.authority, IsEmpty());
}

TEST_F(AnswerTest, CnameAskedForIsNotFollowed) {
  EXPECT_THAT(server_.Query("a1.zone.test. CNAME").answer,
              ElementsAre("a1.zone.test. 300 CNAME a2.zone.test."));
}

TEST_F(AnswerTest, CnameLoopsEnd) {
  EXPECT_THAT(server_.Query("self.zone.test. A").answer,
              ElementsAre("self.zone.test. 300 CNAME self.zone.test."));
  EXPECT_EQ(server_.Query("ring1.zone.test. A").answer.size(), 2u);
  EXPECT_EQ(server_.Query("ring1.zone.test. A").rcode, "NOERROR");
}

TEST_F(AnswerTest, LongChainsEnd) {
  std::string text = "@ 900 SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n";
  for (int i = 0; i < 100; ++i) absl::StrAppend(&text, "n", i, " CNAME n", i + 1, "\n");
  server_.Load("long.test.", text);
  EXPECT_EQ(server_.Query("n0.long.test. A", {Transport::kTcp}).answer.size(), 16u);
}

TEST_F(AnswerTest, HostsInTheZoneComeWithTheirAddresses) {
  EXPECT_THAT(server_.Query("zone.test. MX").additional, ElementsAre("mail.zone.test. 300 A 192.0.2.25"));
  EXPECT_THAT(server_.Query("zone.test. NS").additional,
              ElementsAre("ns1.zone.test. 300 A 192.0.2.53", "ns1.zone.test. 300 AAAA 2001:db8::53"));
  EXPECT_EQ(server_.Query("_sip._tcp.zone.test. SRV").additional.size(), 3u);
}

TEST_F(AnswerTest, NamesInOneSetShareWhatTheyHaveInCommon) {
  const Reply reply = server_.Query("zone.test. MX");
  EXPECT_THAT(reply.answer,
              ElementsAre("zone.test. 300 MX 10 mail.zone.test.", "zone.test. 300 MX 20 mail.other.example.",
                          "zone.test. 300 MX 30 backup.mail.other.example."));
  // Question 15 + 12; records 12 + 2 + name: "mail" pointer 7, "mail.other.example." 20, "backup" pointer 9;
  // A 16.
  EXPECT_EQ(reply.bytes.size(), 27u + 3 * 14 + 7 + 20 + 9 + 16);
}

TEST_F(AnswerTest, MostSpecificZoneAnswers) {
  server_.Load("sub.zone.test.", "@ 900 SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.77\n");
  EXPECT_EQ(server_.Query("ns1.sub.zone.test. A").answer.size(), 1u);
  EXPECT_THAT(server_.Query("nope.sub.zone.test. A").authority[0], ::testing::StartsWith("sub.zone.test. "));
  EXPECT_EQ(server_.Query("notsub.zone.test. A").authority[0].substr(0, 10), "zone.test.");
  server_.Fail("sub.zone.test.");
  const Reply reply = server_.Query("ns1.sub.zone.test. A");
  EXPECT_EQ(reply.rcode, "SERVFAIL");
  EXPECT_FALSE(reply.authoritative);
  EXPECT_THAT(reply.authority, IsEmpty());
  server_.Remove("sub.zone.test.");
  EXPECT_EQ(server_.Query("ns1.sub.zone.test. A").rcode, "NXDOMAIN");
}

TEST_F(AnswerTest, TheRootIsAZoneLikeAnother) {
  server_.Load(
      ".",
      "@ 900 SOA ns.nic admin 1 7200 900 1209600 300\n@ NS ns.nic\nnic NS ns.nic\nns.nic A 192.0.2.53\n");
  EXPECT_THAT(server_.Query(". NS").answer, ElementsAre(". 300 NS ns.nic."));
  EXPECT_THAT(server_.Query("www.nic. A").additional, ElementsAre("ns.nic. 300 A 192.0.2.53"));
  EXPECT_EQ(server_.Query("nope. A").rcode, "NXDOMAIN");
  EXPECT_EQ(server_.Query("mail.zone.test. A").answer.size(), 1u);
}

}  // namespace
}  // namespace quartet::nameserver
