// RFC 2308 and RFC 8020: names and types that don't exist.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kSoa[] = "zone.test. 300 SOA ns1.zone.test. admin.other.test. 7 7200 900 1209600 300";

class NegativeTest : public ::testing::Test {
 protected:
  NegativeTest() {
    server_.Load("zone.test.", R"(
@ 900 SOA ns1 admin.other.test. 7 7200 900 1209600 300
@ NS ns1
ns1 A 192.0.2.53
www A 192.0.2.1
deep.under.nothing TXT "x"
alias CNAME missing
typeless CNAME www
)");
    server_.Load("short.test.", R"(
@ 60 SOA ns1.zone.test. admin.other.test. 7 7200 900 1209600 300
@ NS ns1.zone.test.
)");
  }

  TestServer server_;
};

TEST_F(NegativeTest, MissingNameIsNxDomainWithSoa) {
  const Reply reply = server_.Query("nope.zone.test. A");
  EXPECT_EQ(reply.rcode, "NXDOMAIN");
  EXPECT_TRUE(reply.authoritative);
  EXPECT_THAT(reply.answer, IsEmpty());
  EXPECT_THAT(reply.authority, ElementsAre(kSoa));
}

TEST_F(NegativeTest, MissingTypeIsNoDataWithSoa) {
  const Reply reply = server_.Query("www.zone.test. AAAA");
  EXPECT_EQ(reply.rcode, "NOERROR");
  EXPECT_TRUE(reply.authoritative);
  EXPECT_THAT(reply.authority, ElementsAre(kSoa));
}

TEST_F(NegativeTest, UnknownTypeIsNoData) {
  EXPECT_EQ(server_.Query("www.zone.test. TYPE65280").rcode, "NOERROR");
}

TEST_F(NegativeTest, TtlIsTheLowerOfSoaTtlAndMinimum) {
  EXPECT_THAT(server_.Query("nope.short.test. A").authority,
              ElementsAre("short.test. 60 SOA ns1.zone.test. admin.other.test. 7 7200 900 1209600 300"));
  // The SOA itself is asked for with its own TTL.
  EXPECT_THAT(server_.Query("zone.test. SOA").answer,
              ElementsAre("zone.test. 900 SOA ns1.zone.test. admin.other.test. 7 7200 900 1209600 300"));
}

TEST_F(NegativeTest, NameWithNamesBelowExists) {
  EXPECT_EQ(server_.Query("under.nothing.zone.test. TXT").rcode, "NOERROR");
  EXPECT_EQ(server_.Query("nothing.zone.test. A").rcode, "NOERROR");
  EXPECT_EQ(server_.Query("other.nothing.zone.test. A").rcode, "NXDOMAIN");
  EXPECT_EQ(server_.Query("below.www.zone.test. A").rcode, "NXDOMAIN");
}

// RFC 6604 §3: the last name of the chain decides.
TEST_F(NegativeTest, ChainToAMissingNameIsNxDomain) {
  const Reply reply = server_.Query("alias.zone.test. A");
  EXPECT_EQ(reply.rcode, "NXDOMAIN");
  EXPECT_THAT(reply.answer, ElementsAre("alias.zone.test. 300 CNAME missing.zone.test."));
  EXPECT_THAT(reply.authority, ElementsAre(kSoa));
}

TEST_F(NegativeTest, ChainToAMissingTypeIsNoData) {
  const Reply reply = server_.Query("typeless.zone.test. MX");
  EXPECT_EQ(reply.rcode, "NOERROR");
  EXPECT_THAT(reply.answer, ElementsAre("typeless.zone.test. 300 CNAME www.zone.test."));
  EXPECT_THAT(reply.authority, ElementsAre(kSoa));
}

}  // namespace
}  // namespace quartet::nameserver
