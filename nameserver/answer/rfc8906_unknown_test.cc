// RFC 8906 §8: what a server is asked in order to see whether it takes what it does not know as it should.
// The tests are those of §8, in its order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::IsEmpty;

constexpr char kQuestion[] = "zone.test. SOA";

class UnknownTest : public ::testing::Test {
 protected:
  UnknownTest() {
    server_.Load("zone.test.", "@ 900 SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n");
  }

  static std::vector<uint8_t> Soa(const Ask& ask = {}) {
    return MakeQuery(NameOf("zone.test."), dns::Type::kSoa, ask);
  }
  static Ask Edns(uint8_t version, std::vector<dns::EdnsOption> options = {}) {
    return {Transport::kUdp, dns::Edns{1232, version, false, std::move(options)}};
  }
  Reply Send(const std::vector<uint8_t>& query) { return ReadReply(server_.Raw(query)); }
  static void ExpectSoa(const Reply& reply) {
    EXPECT_EQ(reply.rcode, "NOERROR");
    EXPECT_TRUE(reply.authoritative);
    EXPECT_EQ(reply.answer.size(), 1u);
    EXPECT_EQ(reply.bytes[3], 0) << "RA, Z, AD and CD are clear";
  }

  TestServer server_;
};

// §8.1.1
TEST_F(UnknownTest, PlainQueryIsAnsweredWithoutEdns) {
  const Reply reply = server_.Query(kQuestion);
  ExpectSoa(reply);
  EXPECT_FALSE(reply.edns);
}

// §8.1.2
TEST_F(UnknownTest, UnknownTypesAreNoData) {
  for (const char* question : {"zone.test. TYPE1000", "zone.test. TYPE65534", "zone.test. TYPE0",
                               "zone.test. TYPE41", "zone.test. TYPE250", "zone.test. TYPE253"}) {
    const Reply reply = server_.Query(question);
    EXPECT_EQ(reply.rcode, "NOERROR") << question;
    EXPECT_TRUE(reply.authoritative);
    EXPECT_THAT(reply.answer, IsEmpty());
    EXPECT_EQ(reply.authority.size(), 1u);
  }
}

// §8.1.3.1 to §8.1.3.3; §8.1.3.4 is RD, which comes back (rfc1035_message_test.cc).
TEST_F(UnknownTest, HeaderFlagsChangeNothingAndDontComeBack) {
  for (const uint8_t flag : {0x10, 0x20, 0x40, 0x80}) {
    std::vector<uint8_t> query = Soa();
    query[3] = flag;
    ExpectSoa(Send(query));
  }
  for (uint8_t rcode = 1; rcode < 16; ++rcode) {
    std::vector<uint8_t> query = Soa();
    query[3] = rcode;
    ExpectSoa(Send(query));
  }
}

// §8.1.4: with a header alone, and with a question.
TEST_F(UnknownTest, UnknownOpcodesAreNotImp) {
  for (uint8_t opcode = 1; opcode < 16; ++opcode) {
    const auto flags = static_cast<uint8_t>(opcode << 3);
    const Reply alone = Send({0x12, 0x34, flags, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    EXPECT_EQ(alone.rcode, "NOTIMP") << int{opcode};
    EXPECT_EQ(alone.bytes.size(), 12u);
    std::vector<uint8_t> query = Soa();
    query[2] = flags;
    const Reply reply = Send(query);
    EXPECT_EQ(reply.rcode, "NOTIMP") << int{opcode};
    EXPECT_EQ(static_cast<int>(reply.message.header.opcode), opcode);
    EXPECT_EQ(reply.message.questions.size(), 1u);
    EXPECT_FALSE(reply.authoritative);
    EXPECT_FALSE(reply.edns);
  }
}

TEST_F(UnknownTest, UnknownOpcodesOfAnyShapeAreNotImp) {
  // RFC 2136 §2.4, §2.5: a dynamic update's records may be empty; RFC 8490 §5.4: DSO has no sections.
  const std::vector<uint8_t> update = {0x12, 0x34, 0x28, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0,    6,    0, 1,
                                       0,    0,    255,  0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0};
  EXPECT_EQ(Send(update).rcode, "NOTIMP");
  EXPECT_EQ(Send({0x12, 0x34, 0x30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 8}).rcode, "NOTIMP");
}

// RFC 6891 §6.1.1.
TEST_F(UnknownTest, UnknownOpcodesKeepEdns) {
  std::vector<uint8_t> query = Soa(Edns(0));
  query[2] = 0x78;
  const Reply reply = Send(query);
  EXPECT_EQ(reply.rcode, "NOTIMP");
  EXPECT_TRUE(reply.edns);
  // The question is not one that can be read; EDNS is behind it all the same.
  query[5] = 0;
  query.erase(query.begin() + 12, query.begin() + 27);
  EXPECT_TRUE(Send(query).edns);
}

// §8.1.5: over TCP.
TEST_F(UnknownTest, TcpAnswersTheSame) { ExpectSoa(server_.Query(kQuestion, {Transport::kTcp})); }

// §8.2.1
TEST_F(UnknownTest, EdnsIsAnsweredWithEdns) {
  const Reply reply = server_.Query(kQuestion, Edns(0));
  ExpectSoa(reply);
  ASSERT_TRUE(reply.edns);
  EXPECT_EQ(reply.edns->version, 0);
}

// §8.2.2
TEST_F(UnknownTest, LaterEdnsIsBadVersWithoutRecords) {
  for (const uint8_t version : {1, 100, 255}) {
    const Reply reply = server_.Query(kQuestion, Edns(version));
    EXPECT_EQ(reply.rcode, "BADVERS");
    EXPECT_FALSE(reply.authoritative);
    EXPECT_THAT(reply.answer, IsEmpty());
    EXPECT_THAT(reply.authority, IsEmpty());
    ASSERT_TRUE(reply.edns);
    EXPECT_EQ(reply.edns->version, 0) << "the highest known here";
  }
}

// §8.2.3
TEST_F(UnknownTest, UnknownOptionsAreIgnoredAndDontComeBack) {
  for (const uint16_t code : {100, 0, 65001, 65535}) {
    const Reply reply = server_.Query(kQuestion, Edns(0, {{code, {}}, {code, {1, 2, 3}}}));
    ExpectSoa(reply);
    EXPECT_THAT(reply.edns->options, IsEmpty());
  }
}

// §8.2.4
TEST_F(UnknownTest, UnknownEdnsFlagsDontComeBack) {
  std::vector<uint8_t> query = Soa(Edns(0));
  query[query.size() - 4] = 0x7f;
  query[query.size() - 3] = 0xff;
  const Reply reply = Send(query);
  ExpectSoa(reply);
  EXPECT_EQ(reply.bytes[reply.bytes.size() - 4], 0);
  EXPECT_EQ(reply.bytes[reply.bytes.size() - 3], 0);
}

// §8.2.5, §8.2.6: a later version with unknown flags and options.
TEST_F(UnknownTest, LaterEdnsWithUnknownFlagsAndOptionsIsBadVers) {
  std::vector<uint8_t> query = Soa(Edns(1, {{100, {}}}));
  query[query.size() - 8] = 0x40;
  const Reply reply = Send(query);
  EXPECT_EQ(reply.rcode, "BADVERS");
  EXPECT_THAT(reply.edns->options, IsEmpty());
  EXPECT_EQ(reply.bytes[reply.bytes.size() - 4], 0);
}

// §8.2.7: options that servers do know elsewhere: ECS, cookie, keepalive, padding, expire.
TEST_F(UnknownTest, OptionsOfOtherServersAreIgnored) {
  const Reply reply = server_.Query(
      kQuestion,
      Edns(0, {{8, {0, 1, 24, 0, 192, 0, 2}}, {10, {1, 2, 3, 4, 5, 6, 7, 8}}, {11, {}}, {12, {0}}, {9, {}}}));
  ExpectSoa(reply);
  EXPECT_THAT(reply.edns->options, IsEmpty());
}

// §8.2.8: DO, and an answer that is too large for the buffer.
TEST_F(UnknownTest, EdnsWithDoIsAnsweredWithDo) {
  const Reply reply = server_.Query(kQuestion, {Transport::kUdp, dns::Edns{512, 0, true, {}}});
  ExpectSoa(reply);
  EXPECT_TRUE(reply.edns->dnssec_ok);
}

}  // namespace
}  // namespace quartet::nameserver
