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

}  // namespace
}  // namespace quartet::nameserver
