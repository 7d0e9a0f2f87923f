// RFC 1035 §4.1, RFC 5936, RFC 8906, RFC 9619: what is no ordinary query.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::IsEmpty;

class MessageTest : public ::testing::Test {
 protected:
  MessageTest() {
    server_.Load("zone.test.", "@ 900 SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n");
  }

  static std::vector<uint8_t> Good() { return MakeQuery(NameOf("ns1.zone.test."), dns::Type::kA); }
  std::string RcodeOf(const std::vector<uint8_t>& query) { return ReadReply(server_.Raw(query)).rcode; }

  TestServer server_;
};

TEST_F(MessageTest, RuntsGetNoResponse) {
  for (size_t size = 0; size < 12; ++size) EXPECT_THAT(server_.Raw(std::vector<uint8_t>(size)), IsEmpty());
}

TEST_F(MessageTest, ResponsesGetNoResponse) {
  std::vector<uint8_t> query = Good();
  query[2] |= 0x80;
  EXPECT_THAT(server_.Raw(query), IsEmpty());
}

TEST_F(MessageTest, EveryTruncatedQueryIsFormErr) {
  const std::vector<uint8_t> good = Good();
  for (size_t size = 12; size < good.size(); ++size) {
    const std::vector<uint8_t> query(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(RcodeOf(query), "FORMERR") << size;
  }
}

TEST_F(MessageTest, OtherThanOneQuestionIsFormErr) {
  std::vector<uint8_t> query = Good();
  query[5] = 0;
  EXPECT_EQ(RcodeOf(query), "FORMERR");
  query[5] = 2;
  EXPECT_EQ(RcodeOf(query), "FORMERR");
}

TEST_F(MessageTest, BytesBehindTheMessageAreFormErr) {
  std::vector<uint8_t> query = Good();
  query.push_back(0);
  EXPECT_EQ(RcodeOf(query), "FORMERR");
}

TEST_F(MessageTest, CompressedOrStrangeLabelsInTheQuestionAreFormErr) {
  std::vector<uint8_t> query = Good();
  for (const uint8_t length : {0xc0, 0x40, 0x80, 0x7f}) {
    query[12] = length;
    EXPECT_EQ(RcodeOf(query), "FORMERR") << int{length};
  }
}

TEST_F(MessageTest, NameOver255OctetsIsFormErr) {
  std::vector<uint8_t> query = {0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  for (int i = 0; i < 128; ++i) query.insert(query.end(), {1, 'a'});
  query.insert(query.end(), {0, 0, 1, 0, 1});
  EXPECT_EQ(RcodeOf(query), "FORMERR");
  // One label less: 255 octets, 127 labels.
  query.erase(query.begin() + 12, query.begin() + 14);
  EXPECT_EQ(RcodeOf(query), "REFUSED");
}

TEST_F(MessageTest, OtherOpcodesAreNotImp) {
  for (uint8_t opcode = 1; opcode < 16; ++opcode) {
    std::vector<uint8_t> query = Good();
    query[2] = static_cast<uint8_t>(opcode << 3);
    const Reply reply = ReadReply(server_.Raw(query));
    EXPECT_EQ(reply.rcode, "NOTIMP") << int{opcode};
    EXPECT_EQ(static_cast<int>(reply.message.header.opcode), opcode);
  }
}

TEST_F(MessageTest, OtherClassesAreRefused) {
  for (const dns::Class qclass : {dns::Class::kChaos, dns::Class::kNone, dns::Class::kAny}) {
    const Reply reply = server_.Query("ns1.zone.test. A", {Transport::kUdp, std::nullopt, qclass});
    EXPECT_EQ(reply.rcode, "REFUSED");
    EXPECT_FALSE(reply.authoritative);
  }
}

TEST_F(MessageTest, NamesNotServedAreRefused) {
  for (const char* question : {"other.example. A", "test. A", ". NS", "xzone.test. A"}) {
    const Reply reply = server_.Query(question);
    EXPECT_EQ(reply.rcode, "REFUSED") << question;
    EXPECT_FALSE(reply.authoritative);
    EXPECT_THAT(reply.authority, IsEmpty());
  }
}

TEST_F(MessageTest, TransfersAreRefused) {
  EXPECT_EQ(server_.Query("zone.test. AXFR", {Transport::kTcp}).rcode, "REFUSED");
  EXPECT_EQ(server_.Query("zone.test. IXFR").rcode, "REFUSED");
}

TEST_F(MessageTest, OnlyRdIsCopiedOfTheFlags) {
  std::vector<uint8_t> query = Good();
  query[2] = 0x07;  // AA, TC, RD
  query[3] = 0xff;
  const Reply reply = ReadReply(server_.Raw(query));
  EXPECT_TRUE(reply.message.header.recursion_desired);
  EXPECT_TRUE(reply.authoritative);
  EXPECT_FALSE(reply.truncated);
  EXPECT_EQ(reply.bytes[3], 0);
  EXPECT_FALSE(server_.Query("ns1.zone.test. A").message.header.recursion_desired);
}

}  // namespace
}  // namespace quartet::nameserver
