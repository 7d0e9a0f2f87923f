// RFC 2181 §9: responses that are too large.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::IsEmpty;

class TruncationTest : public ::testing::Test {
 protected:
  TruncationTest() {
    std::string text =
        "@ 900 SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\nalias CNAME many\n";
    for (int i = 0; i < 60; ++i) absl::StrAppend(&text, "many A 192.0.2.", i, "\n");
    for (int i = 0; i < 25; ++i) absl::StrAppend(&text, "few A 192.0.2.", i, "\n");
    for (int i = 0; i < 1200; ++i) absl::StrAppend(&text, "ptr PTR host", i, ".somewhere.example.\n");
    for (int i = 0; i < 20; ++i)
      absl::StrAppend(&text, "@ MX ", i, " mail", i, "\nmail", i, " A 192.0.2.", i, "\n");
    server_.Load("zone.test.", text);
  }

  static Ask Udp(uint16_t payload) { return {Transport::kUdp, dns::Edns{payload, 0, false, {}}}; }

  TestServer server_;
};

TEST_F(TruncationTest, SetThatDoesNotFitIsLeftOutWhole) {
  const Reply reply = server_.Query("many.zone.test. A");
  EXPECT_TRUE(reply.truncated);
  EXPECT_THAT(reply.answer, IsEmpty());
  EXPECT_LE(reply.bytes.size(), 512u);
}

TEST_F(TruncationTest, WithEdnsTheClientsSizeCounts) {
  EXPECT_EQ(server_.Query("few.zone.test. A").answer.size(), 25u);
  EXPECT_FALSE(server_.Query("many.zone.test. A", Udp(1232)).truncated);
  EXPECT_TRUE(server_.Query("many.zone.test. A", Udp(700)).truncated);
  // Below 512 means 512 (RFC 6891 §6.2.3).
  EXPECT_EQ(server_.Query("few.zone.test. A", Udp(100)).answer.size(), 25u);
}

TEST_F(TruncationTest, ServersOwnLimitHolds) {
  const Reply reply = server_.Query("ptr.zone.test. PTR", Udp(65535));
  EXPECT_TRUE(reply.truncated);
  EXPECT_LE(reply.bytes.size(), 1232u);
}

TEST_F(TruncationTest, TcpTakesWhatUdpCannot) {
  EXPECT_EQ(server_.Query("many.zone.test. A", {Transport::kTcp}).answer.size(), 60u);
  // Names are compressed as far as pointers reach.
  const Reply reply = server_.Query("ptr.zone.test. PTR", {Transport::kTcp});
  EXPECT_FALSE(reply.truncated);
  EXPECT_EQ(reply.answer.size(), 1200u);
  EXPECT_THAT(reply.answer, ::testing::Contains("ptr.zone.test. 300 PTR host1199.somewhere.example."));
}

TEST_F(TruncationTest, ChainBeforeTheSetIsKept) {
  const Reply reply = server_.Query("alias.zone.test. A");
  EXPECT_TRUE(reply.truncated);
  EXPECT_EQ(reply.answer.size(), 1u);
}

TEST_F(TruncationTest, AdditionalDataThatDoesNotFitIsNoTruncation) {
  const Reply reply = server_.Query("zone.test. MX");
  EXPECT_FALSE(reply.truncated);
  EXPECT_EQ(reply.answer.size(), 20u);
  EXPECT_LT(reply.additional.size(), 16u);
}

TEST_F(TruncationTest, SmallBufferIsALimitToo) {
  const std::vector<uint8_t> query = MakeQuery(NameOf("many.zone.test."), dns::Type::kA, Udp(1232));
  std::vector<uint8_t> out(512);
  const size_t size = Answer(query, {Transport::kTcp, 1232}, server_.directory(), out);
  EXPECT_LE(size, 512u);
  out.resize(size);
  EXPECT_TRUE(ReadReply(out).truncated);
}

TEST_F(TruncationTest, SoaBehindAChainThatDoesNotFitTruncates) {
  const std::string label(60, 'l');
  std::string text = "@ 900 SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n";
  for (int i = 0; i < 6; ++i) absl::StrAppend(&text, label, i, " CNAME ", label, i + 1, "\n");
  server_.Load("chain.test.", text);
  const Reply reply = server_.Query(label + "0.chain.test. A");
  EXPECT_TRUE(reply.truncated);
  EXPECT_EQ(reply.rcode, "NOERROR") << "the chain was not followed to its end";
  EXPECT_THAT(reply.authority, IsEmpty());
  EXPECT_LE(reply.bytes.size(), 512u);
  const Reply whole = server_.Query(label + "0.chain.test. A", {Transport::kTcp});
  EXPECT_EQ(whole.rcode, "NXDOMAIN");
  EXPECT_EQ(whole.answer.size(), 6u);
  // A little more than the chain, and less than the SOA behind it.
  const auto room = static_cast<uint16_t>(whole.bytes.size() - 10);
  const Reply without_soa = server_.Query(label + "0.chain.test. A", Udp(room));
  EXPECT_TRUE(without_soa.truncated);
  EXPECT_EQ(without_soa.rcode, "NXDOMAIN");
  EXPECT_EQ(without_soa.answer.size(), 6u);
  EXPECT_THAT(without_soa.authority, IsEmpty());
}

TEST_F(TruncationTest, NsSetOfAReferralThatDoesNotFitTruncates) {
  std::string text = "@ 900 SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n";
  for (int i = 0; i < 30; ++i) absl::StrAppend(&text, "child NS ns", i, ".some", i, ".example.\n");
  server_.Load("cut.test.", text);
  const Reply reply = server_.Query("www.child.cut.test. A");
  EXPECT_TRUE(reply.truncated);
  EXPECT_FALSE(reply.authoritative);
  EXPECT_THAT(reply.authority, IsEmpty());
  EXPECT_EQ(server_.Query("www.child.cut.test. A", {Transport::kTcp}).authority.size(), 30u);
}

}  // namespace
}  // namespace quartet::nameserver
