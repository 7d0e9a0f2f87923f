// RFC 8914: why a query got no answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr uint16_t kExtendedErrorOption = 15;

class ExtendedErrorsTest : public ::testing::Test {
 protected:
  ExtendedErrorsTest() {
    server_.Load("zone.test.", "@ 900 SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n");
    server_.Fail("down.test.");
  }

  // The codes of its options.
  static std::vector<int> Codes(const Reply& reply) {
    std::vector<int> codes;
    if (!reply.edns) return codes;
    for (const dns::EdnsOption& option : reply.edns->options) {
      EXPECT_EQ(option.code, kExtendedErrorOption);
      EXPECT_EQ(option.data.size(), 2u);
      codes.push_back(option.data[0] << 8 | option.data[1]);
    }
    return codes;
  }
  Reply Ask(const char* question, dns::Class qclass = dns::Class::kIn) {
    return server_.Query(question, {Transport::kUdp, EdnsWith(), qclass});
  }

  TestServer server_;
};

// §4.21
TEST_F(ExtendedErrorsTest, NameOfNoZoneHereIsNotAuthoritative) {
  const Reply reply = Ask("other.test. A");
  EXPECT_EQ(reply.rcode, "REFUSED");
  EXPECT_THAT(Codes(reply), ElementsAre(20));
}

// §4.15
TEST_F(ExtendedErrorsTest, ZoneThatCantBeServedYetIsNotReady) {
  const Reply reply = Ask("www.down.test. A");
  EXPECT_EQ(reply.rcode, "SERVFAIL");
  EXPECT_THAT(Codes(reply), ElementsAre(14));
}

// §4.22
TEST_F(ExtendedErrorsTest, TransfersClassesAndOpcodesAreNotSupported) {
  EXPECT_THAT(Codes(Ask("zone.test. AXFR")), ElementsAre(21));
  EXPECT_THAT(Codes(Ask("zone.test. SOA", dns::Class::kChaos)), ElementsAre(21));
  EXPECT_THAT(Codes(Ask("zone.test. SOA", dns::Class{4})), ElementsAre(21));
  std::vector<uint8_t> notify =
      MakeQuery(NameOf("zone.test."), dns::Type::kSoa, {Transport::kUdp, EdnsWith()});
  notify[2] = 0x20;
  const Reply reply = ReadReply(server_.Raw(notify));
  EXPECT_EQ(reply.rcode, "NOTIMP");
  EXPECT_THAT(Codes(reply), ElementsAre(21));
}

// §2: the option is in an OPT record, which is only for those who sent one (RFC 6891 §6.1.1).
TEST_F(ExtendedErrorsTest, WithoutEdnsThereIsNone) {
  for (const char* question : {"other.test. A", "www.down.test. A", "zone.test. AXFR"}) {
    const Reply reply = server_.Query(question);
    EXPECT_FALSE(reply.edns) << question;
    EXPECT_EQ(reply.message.header.additional_count, 0) << question;
  }
}

TEST_F(ExtendedErrorsTest, AnswersHaveNone) {
  for (const char* question : {"ns1.zone.test. A", "nope.zone.test. A", "zone.test. TXT"}) {
    EXPECT_THAT(Codes(Ask(question)), IsEmpty()) << question;
  }
  EXPECT_THAT(Codes(server_.Query("zone.test. SOA", {Transport::kUdp, dns::Edns{1232, 1, false, {}}})),
              IsEmpty());
}

}  // namespace
}  // namespace quartet::nameserver
