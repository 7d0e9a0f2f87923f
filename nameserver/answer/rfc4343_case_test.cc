// RFC 4343: names are compared without the case of ASCII letters, and keep it. Resolvers rely on the question
// coming back octet for octet (draft-vixie-dnsext-dns0x20).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::ElementsAre;

class CaseTest : public ::testing::Test {
 protected:
  CaseTest() {
    server_.Load("Zone.Test.", R"(
@ 900 SOA Ns1 Admin 1 7200 900 1209600 300
@ NS Ns1
Ns1 A 192.0.2.53
Mixed.Case A 192.0.2.9
\225 TXT "e acute in latin-1"
[ TXT "bracket"
alias CNAME Ns1.zONE.test.
far CNAME Www.Other.Example.
*.Wild TXT "w"
old DNAME New
a.new A 192.0.2.1
Child NS Ns.Child
Ns.Child A 192.0.2.2
)");
  }

  TestServer server_;
};

TEST_F(CaseTest, QuestionComesBackOctetForOctet) {
  for (const char* question : {"mIxEd.CaSe.zOnE.tEsT. A", "nOpE.ZoNe.TeSt. A", "X.cHiLd.ZONE.test. A",
                               "ZONE.TEST. SOA", "oTHer.tEST. A"}) {
    // TestServer::Query compares the question it gets with the one it sent, case included.
    EXPECT_FALSE(server_.Query(question).bytes.empty());
  }
}

TEST_F(CaseTest, OwnersHaveTheCaseOfTheQuestion) {
  EXPECT_THAT(server_.Query("mIxEd.CaSe.zOnE.tEsT. A").answer,
              ElementsAre("mIxEd.CaSe.zOnE.tEsT. 300 A 192.0.2.9"));
  EXPECT_THAT(server_.Query("X.wILD.zone.TEST. TXT").answer, ElementsAre("X.wILD.zone.TEST. 300 TXT \"w\""));
}

// §4.1: case that was put in comes out, where compression does not take it from the question.
TEST_F(CaseTest, RecordDataKeepItsOwnOutsideTheZonesName) {
  EXPECT_THAT(server_.Query("far.zone.test. A").answer,
              ElementsAre("far.zone.test. 300 CNAME Www.Other.Example."));
  EXPECT_THAT(server_.Query("alias.zone.test. CNAME").answer,
              ElementsAre("alias.zone.test. 300 CNAME Ns1.zone.test."));
}

TEST_F(CaseTest, OnlyAsciiLettersHaveCase) {
  EXPECT_EQ(server_.Query("\\225.zone.test. TXT").rcode, "NOERROR");
  EXPECT_EQ(server_.Query("\\193.zone.test. TXT").rcode, "NXDOMAIN") << "E acute in latin-1";
  EXPECT_EQ(server_.Query("[.zone.test. TXT").rcode, "NOERROR");
  EXPECT_EQ(server_.Query("{.zone.test. TXT").rcode, "NXDOMAIN");
}

TEST_F(CaseTest, DnameKeepsThatOfTheLabelsInFront) {
  // A DNAME's target is not compressed (RFC 6672 §2.5), so it has all of its own case.
  EXPECT_THAT(server_.Query("A.OLD.zone.test. A").answer,
              ElementsAre("OLD.zone.test. 300 DNAME New.Zone.Test.",
                          "A.OLD.zone.test. 300 CNAME A.New.Zone.Test.", "A.New.Zone.Test. 300 A 192.0.2.1"));
}

TEST_F(CaseTest, CutsAndZonesAreFoundInAnyCase) {
  const Reply reply = server_.Query("x.CHILD.zone.test. A");
  EXPECT_THAT(reply.authority, ElementsAre("CHILD.zone.test. 300 NS Ns.Child.zone.test."));
  EXPECT_THAT(reply.additional, ElementsAre("Ns.Child.zone.test. 300 A 192.0.2.2"));
}

}  // namespace
}  // namespace quartet::nameserver
