// RFC 1035 §4.1: what is no message, or no ordinary query.
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

// §3.2.4, §3.2.5, §6.2. Class CH: rfc4892_server_identity_test.cc.
TEST_F(MessageTest, OtherClassesAreRefused) {
  for (const dns::Class qclass :
       {dns::Class::kChaos, dns::Class{4}, dns::Class::kNone, dns::Class{0}, dns::Class{65280}}) {
    const Reply reply = server_.Query("ns1.zone.test. A", {Transport::kUdp, std::nullopt, qclass});
    EXPECT_EQ(reply.rcode, "REFUSED") << static_cast<int>(qclass);
    EXPECT_FALSE(reply.authoritative);
  }
}

// §6.2: "the response should never be authoritative".
TEST_F(MessageTest, ClassAnyIsAnsweredFromClassInWithoutAuthority) {
  const Ask any = {Transport::kUdp, std::nullopt, dns::Class::kAny};
  const Reply reply = server_.Query("ns1.zone.test. A", any);
  EXPECT_EQ(reply.rcode, "NOERROR");
  EXPECT_THAT(reply.answer, ::testing::ElementsAre("ns1.zone.test. 300 A 192.0.2.53"));
  EXPECT_FALSE(reply.authoritative);
  EXPECT_EQ(server_.Query("nope.zone.test. A", any).rcode, "NXDOMAIN");
  EXPECT_FALSE(server_.Query("nope.zone.test. A", any).authoritative);
  EXPECT_EQ(server_.Query("other.test. A", any).rcode, "REFUSED");
}

TEST_F(MessageTest, NamesNotServedAreRefused) {
  for (const char* question : {"other.example. A", "test. A", ". NS", "xzone.test. A"}) {
    const Reply reply = server_.Query(question);
    EXPECT_EQ(reply.rcode, "REFUSED") << question;
    EXPECT_FALSE(reply.authoritative);
    EXPECT_THAT(reply.authority, IsEmpty());
  }
}

}  // namespace
}  // namespace quartet::nameserver
