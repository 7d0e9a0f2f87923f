// RFC 4892 §2.1: id.server in class CH, and the names BIND has made usual beside it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ServerIdentityTest : public ::testing::Test {
 protected:
  Reply Query(const std::string& question, const ServerIdentity* identity,
              std::optional<dns::Edns> edns = {}) {
    return server_.Query(question, {Transport::kUdp, std::move(edns), dns::Class::kChaos, identity});
  }
  void ExpectRefused(const std::string& question, const ServerIdentity* identity) {
    const Reply reply = Query(question, identity);
    EXPECT_EQ(reply.rcode, "REFUSED") << question;
    EXPECT_FALSE(reply.authoritative);
    EXPECT_THAT(reply.answer, IsEmpty());
  }

  const ServerIdentity identity_ = {"nsid", "ns-1-a", "Quartet"};
  TestServer server_;
};

TEST_F(ServerIdentityTest, NamesAreAnsweredInTheClassAsked) {
  for (const char* name : {"id.server.", "hostname.bind.", "Id.SERVER."}) {
    const Reply reply = Query(std::string(name) + " TXT", &identity_);
    EXPECT_EQ(reply.rcode, "NOERROR");
    EXPECT_TRUE(reply.authoritative);
    EXPECT_THAT(reply.answer, ElementsAre(std::string(name) + " 0 TXT \"ns-1-a\""));
    EXPECT_EQ(reply.message.answer[0].record_class, dns::Class::kChaos);
  }
  for (const char* name : {"version.bind.", "version.server."}) {
    EXPECT_THAT(Query(std::string(name) + " TXT", &identity_).answer,
                ElementsAre(std::string(name) + " 0 TXT \"Quartet\""));
  }
  EXPECT_EQ(Query("id.server. ANY", &identity_).answer.size(), 1u);
}

TEST_F(ServerIdentityTest, WhatItDoesNotSayIsRefused) {
  const ServerIdentity shy = {"nsid", "", ""};
  for (const char* question : {"id.server. TXT", "hostname.bind. TXT", "version.bind. TXT"}) {
    ExpectRefused(question, &shy);
    ExpectRefused(question, nullptr);
  }
}

TEST_F(ServerIdentityTest, AllElseInTheClassIsRefused) {
  for (const char* question : {"id.server. A", "server. TXT", "x.id.server. TXT", "authors.bind. TXT", ". NS",
                               "id.server. AXFR", "id.serve. TXT", "versionXbind. TXT"}) {
    ExpectRefused(question, &identity_);
  }
}

TEST_F(ServerIdentityTest, TheNamesAreNothingInClassIn) {
  EXPECT_EQ(server_.Query("id.server. TXT", {Transport::kUdp, {}, dns::Class::kIn, &identity_}).rcode,
            "REFUSED");
}

TEST_F(ServerIdentityTest, LongestTextsAndNsidFitTheSmallestAnswer) {
  const std::string most(ServerIdentity::kMaxText, 'x');
  const ServerIdentity longest = {most, most, most};
  const Reply reply = Query("hostname.bind. TXT", &longest, dns::Edns{512, 0, false, {{3, {}}}});
  EXPECT_FALSE(reply.truncated);
  EXPECT_EQ(reply.answer.size(), 1u);
  EXPECT_EQ(reply.edns->options.size(), 1u);
}

}  // namespace
}  // namespace quartet::nameserver
