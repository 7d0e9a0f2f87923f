// RFC 3597: types this server has no name for are served like others, their data as it is; and names in the data
// of types younger than RFC 1035 are not compressed (§4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class UnknownTypesTest : public ::testing::Test {
 protected:
  UnknownTypesTest() {
    server_.Load("zone.test.", R"(
@ 900 SOA ns1 admin 1 7200 900 1209600 300
@ NS ns1
ns1 A 192.0.2.53
one TYPE65280 \# 3 010203
one TYPE65280 \# 0
one TYPE65280 \# 3 010204
*.wild TYPE731 \# 1 ff
alias CNAME one
name TYPE65281 \# 11 047a6f6e650474657374 00
_s._tcp SRV 1 2 3 host.zone.test.
d DNAME other.zone.test.
naptr NAPTR 1 2 "" "" "" host.zone.test.
svc HTTPS 1 host.zone.test.
kx TYPE36 \# 13 000a 047a6f6e65047465737400
)");
  }

  // Whether the message has `name` written out somewhere behind the question.
  static bool HasWritten(const Reply& reply, const char* name) {
    const dns::Name wanted = NameOf(name);
    const auto behind =
        reply.bytes.begin() + 12 + static_cast<std::ptrdiff_t>(reply.message.questions[0].name.wire().size());
    return std::search(behind, reply.bytes.end(), wanted.wire().begin(), wanted.wire().end()) !=
           reply.bytes.end();
  }

  TestServer server_;
};

TEST_F(UnknownTypesTest, DataComesAsItIs) {
  EXPECT_THAT(
      server_.Query("one.zone.test. TYPE65280").answer,
      UnorderedElementsAre("one.zone.test. 300 TYPE65280 \\# 3 010203", "one.zone.test. 300 TYPE65280 \\# 0",
                           "one.zone.test. 300 TYPE65280 \\# 3 010204"));
}

TEST_F(UnknownTypesTest, WildcardsAndAliasesCoverThem) {
  EXPECT_THAT(server_.Query("x.wild.zone.test. TYPE731").answer,
              ElementsAre("x.wild.zone.test. 300 TYPE731 \\# 1 ff"));
  EXPECT_EQ(server_.Query("alias.zone.test. TYPE65280").answer.size(), 4u);
}

TEST_F(UnknownTypesTest, OtherUnknownTypesAreNoData) {
  const Reply reply = server_.Query("one.zone.test. TYPE65282");
  EXPECT_EQ(reply.rcode, "NOERROR");
  EXPECT_EQ(reply.authority.size(), 1u);
}

TEST_F(UnknownTypesTest, NothingInTheirDataIsCompressed) {
  EXPECT_TRUE(HasWritten(server_.Query("name.zone.test. TYPE65281"), "zone.test."));
}

TEST_F(UnknownTypesTest, NamesInYoungerTypesAreNotCompressed) {
  EXPECT_TRUE(HasWritten(server_.Query("_s._tcp.zone.test. SRV"), "host.zone.test."));
  EXPECT_TRUE(HasWritten(server_.Query("d.zone.test. DNAME"), "other.zone.test."));
  EXPECT_TRUE(HasWritten(server_.Query("naptr.zone.test. NAPTR"), "host.zone.test."));
  EXPECT_TRUE(HasWritten(server_.Query("svc.zone.test. HTTPS"), "host.zone.test."));
  EXPECT_TRUE(HasWritten(server_.Query("kx.zone.test. TYPE36"), "zone.test."));
  EXPECT_FALSE(HasWritten(server_.Query("zone.test. NS"), "ns1.zone.test.")) << "those of RFC 1035 are";
}

}  // namespace
}  // namespace quartet::nameserver
