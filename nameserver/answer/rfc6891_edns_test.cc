// RFC 6891: EDNS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::IsEmpty;

class EdnsTest : public ::testing::Test {
 protected:
  EdnsTest() {
    server_.Load("zone.test.", R"(
@ 900 SOA ns1 admin 1 7200 900 1209600 300
@ NS ns1
ns1 A 192.0.2.53
)");
  }

  // A query for ns1.zone.test. A with an additional section of these records.
  std::vector<uint8_t> WithAdditional(const std::vector<std::vector<uint8_t>>& records) {
    std::vector<uint8_t> query = MakeQuery(NameOf("ns1.zone.test."), dns::Type::kA);
    query[11] = static_cast<uint8_t>(records.size());
    for (const auto& record : records) query.insert(query.end(), record.begin(), record.end());
    return query;
  }

  std::string RcodeOf(const std::vector<uint8_t>& query) { return ReadReply(server_.Raw(query)).rcode; }

  const std::vector<uint8_t> opt_ = {0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0};
  TestServer server_;
};

TEST_F(EdnsTest, WithoutOptGivesNoOpt) { EXPECT_FALSE(server_.Query("ns1.zone.test. A").edns); }

TEST_F(EdnsTest, OptIsAnsweredWithOpt) {
  const Reply reply = server_.Query("ns1.zone.test. A", {Transport::kUdp, dns::Edns{4096, 0, false, {}}});
  ASSERT_TRUE(reply.edns);
  EXPECT_EQ(reply.edns->udp_payload, 1232);
  EXPECT_EQ(reply.edns->version, 0);
  EXPECT_FALSE(reply.edns->dnssec_ok);
  EXPECT_EQ(reply.answer.size(), 1u);
}

TEST_F(EdnsTest, DoBitIsCopied) {
  EXPECT_TRUE(
      server_.Query("ns1.zone.test. A", {Transport::kUdp, dns::Edns{4096, 0, true, {}}}).edns->dnssec_ok);
}

TEST_F(EdnsTest, LaterVersionIsBadVers) {
  const Reply reply = server_.Query("ns1.zone.test. A", {Transport::kUdp, dns::Edns{4096, 1, false, {}}});
  EXPECT_EQ(reply.rcode, "BADVERS");
  EXPECT_THAT(reply.answer, IsEmpty());
  EXPECT_EQ(reply.edns->version, 0);
}

TEST_F(EdnsTest, UnknownOptionsAreIgnored) {
  EXPECT_EQ(RcodeOf(WithAdditional({{0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 6, 0xff, 0, 0, 2, 1, 2}})), "NOERROR");
}

TEST_F(EdnsTest, DamagedOptIsFormErr) {
  // Two of them; not at the root; options longer than the data; data longer than the message.
  EXPECT_EQ(RcodeOf(WithAdditional({opt_, opt_})), "FORMERR");
  EXPECT_EQ(RcodeOf(WithAdditional({{1, 'a', 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0}})), "FORMERR");
  EXPECT_EQ(RcodeOf(WithAdditional({{0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 4, 0, 3, 0, 9}})), "FORMERR");
  EXPECT_EQ(RcodeOf(WithAdditional({{0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 9}})), "FORMERR");
}

// §7: or the client would take it that EDNS is unknown here.
TEST_F(EdnsTest, FormErrForADamagedOptHasAnOptItself) {
  for (const auto& records : {std::vector<std::vector<uint8_t>>{opt_, opt_},
                              {{1, 'a', 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0}},
                              {{0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 4, 0, 3, 0, 9}}}) {
    const Reply reply = ReadReply(server_.Raw(WithAdditional(records)));
    EXPECT_EQ(reply.rcode, "FORMERR");
    ASSERT_TRUE(reply.edns);
    EXPECT_THAT(reply.edns->options, IsEmpty());
  }
}

// §6.1.1: an OPT record in a query means one in the response.
TEST_F(EdnsTest, ErrorsBesideTheOptKeepIt) {
  std::vector<uint8_t> trailing = WithAdditional({opt_});
  trailing.push_back(0);
  EXPECT_TRUE(ReadReply(server_.Raw(trailing)).edns);
  EXPECT_TRUE(server_.Query("other.test. A", {Transport::kUdp, EdnsWith()}).edns);
  EXPECT_TRUE(server_.Query("ns1.zone.test. A", {Transport::kUdp, EdnsWith(), dns::Class::kChaos}).edns);
}

TEST_F(EdnsTest, OptOutsideTheAdditionalSectionIsFormErr) {
  std::vector<uint8_t> query = WithAdditional({opt_});
  query[11] = 0;
  query[7] = 1;
  EXPECT_EQ(RcodeOf(query), "FORMERR");
}

TEST_F(EdnsTest, OtherAdditionalRecordsAreIgnored) {
  const std::vector<uint8_t> a = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4};
  const Reply reply = ReadReply(server_.Raw(WithAdditional({a, opt_})));
  EXPECT_EQ(reply.rcode, "NOERROR");
  EXPECT_TRUE(reply.edns);
}

}  // namespace
}  // namespace quartet::nameserver
