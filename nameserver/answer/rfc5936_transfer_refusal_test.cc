// RFC 5936 §2.2.1, RFC 1995: zones are not transferred; who asks is told so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::IsEmpty;

TEST(TransferRefusalTest, IsTheSameForAllZonesAndTransports) {
  TestServer server;
  server.Load("zone.test.", "@ 900 SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n");
  server.Fail("down.test.");
  for (const char* question :
       {"zone.test. AXFR", "ns1.zone.test. AXFR", "zone.test. IXFR", "down.test. AXFR", "other.test. AXFR"}) {
    for (const Transport transport : {Transport::kUdp, Transport::kTcp}) {
      const Reply reply = server.Query(question, {transport, EdnsWith()});
      EXPECT_EQ(reply.rcode, "REFUSED") << question;
      EXPECT_FALSE(reply.authoritative) << question;
      EXPECT_THAT(reply.answer, IsEmpty());
      EXPECT_THAT(reply.authority, IsEmpty());
    }
  }
}

// RFC 1995 §3: an IXFR query has the client's SOA in its authority section.
TEST(TransferRefusalTest, IxfrWithASoaIsNoFormErr) {
  TestServer server;
  server.Load("zone.test.", "@ 900 SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n");
  std::vector<uint8_t> query = MakeQuery(NameOf("zone.test."), dns::Type::kIxfr);
  query[9] = 1;
  query.insert(query.end(), {0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 0, 0, 22, 0, 0});
  for (int i = 0; i < 20; ++i) query.push_back(0);
  EXPECT_EQ(ReadReply(server.Raw(query)).rcode, "REFUSED");
}

}  // namespace
}  // namespace quartet::nameserver
