// RFC 8020: a name that does not exist has nothing below it; one with something below it exists.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

class NonTerminalsTest : public ::testing::Test {
 protected:
  NonTerminalsTest() {
    server_.Load("zone.test.", R"(
@ 900 SOA ns1 admin 1 7200 900 1209600 300
@ NS ns1
ns1 A 192.0.2.53
a.b.c TXT "x"
d.e NS ns.d.e
ns.d.e A 192.0.2.1
f.g DNAME ns1
a.bb TXT "sorts beside b"
\000.h TXT "the first name below h"
)");
  }

  void Expect(const std::string& name, const std::string& rcode) {
    const Reply reply = server_.Query(name + ".zone.test. A");
    EXPECT_EQ(reply.rcode, rcode) << name;
    EXPECT_TRUE(reply.authoritative) << name;
    EXPECT_EQ(reply.authority.size(), 1u) << name;
  }

  TestServer server_;
};

TEST_F(NonTerminalsTest, NamesAboveRecordsExist) {
  for (const char* name : {"c", "b.c", "bb", "h"}) Expect(name, "NOERROR");
}

TEST_F(NonTerminalsTest, NamesAboveCutsAndDnamesExist) {
  Expect("e", "NOERROR");
  Expect("g", "NOERROR");
}

TEST_F(NonTerminalsTest, NamesBesideAndBelowThemDont) {
  for (const char* name : {"x.c", "x.b.c", "x.a.b.c", "b", "x.e", "x.g", "x.bb", "\\001.h", "y.x.c"}) {
    Expect(name, "NXDOMAIN");
  }
}

}  // namespace
}  // namespace quartet::nameserver
