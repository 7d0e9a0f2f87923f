// RFC 9619: a query has one question. (RFC 7873 §5.4 knows one without any, for cookies, which are not done here.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

class OneQuestionTest : public ::testing::Test {
 protected:
  OneQuestionTest() {
    server_.Load("zone.test.", "@ 900 SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n");
  }

  Reply Send(const std::vector<uint8_t>& query) { return ReadReply(server_.Raw(query)); }

  const std::vector<uint8_t> opt_ = {0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0};
  TestServer server_;
};

TEST_F(OneQuestionTest, NoneIsFormErr) {
  const Reply reply = Send({0x12, 0x34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(reply.rcode, "FORMERR");
  EXPECT_EQ(reply.bytes.size(), 12u);
  EXPECT_FALSE(reply.authoritative);
}

TEST_F(OneQuestionTest, NoneWithEdnsIsFormErrWithEdns) {
  std::vector<uint8_t> query = {0x12, 0x34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  query.insert(query.end(), opt_.begin(), opt_.end());
  const Reply reply = Send(query);
  EXPECT_EQ(reply.rcode, "FORMERR");
  EXPECT_TRUE(reply.edns);
  // The same with a cookie (RFC 7873 §5.4).
  query[22] = 12;
  query.insert(query.end(), {0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(Send(query).rcode, "FORMERR");
}

TEST_F(OneQuestionTest, TwoAreFormErr) {
  std::vector<uint8_t> query = MakeQuery(NameOf("ns1.zone.test."), dns::Type::kA);
  const std::vector<uint8_t> question(query.begin() + 12, query.end());
  query.insert(query.end(), question.begin(), question.end());
  query[5] = 2;
  const Reply reply = Send(query);
  EXPECT_EQ(reply.rcode, "FORMERR");
  EXPECT_THAT(reply.message.questions, ::testing::IsEmpty());
  EXPECT_FALSE(reply.edns);
  query.insert(query.end(), opt_.begin(), opt_.end());
  query[11] = 1;
  EXPECT_TRUE(Send(query).edns) << "found behind both";
}

TEST_F(OneQuestionTest, MoreThanThereAreIsFormErr) {
  std::vector<uint8_t> query = MakeQuery(NameOf("ns1.zone.test."), dns::Type::kA);
  query[4] = query[5] = 0xff;
  EXPECT_EQ(Send(query).rcode, "FORMERR");
}

}  // namespace
}  // namespace quartet::nameserver
