// RFC 5001: the option that tells which of many servers answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::IsEmpty;

constexpr uint16_t kNsid = 3;

class NsidTest : public ::testing::Test {
 protected:
  NsidTest() {
    std::string text = "@ 900 SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n";
    for (int i = 0; i < 28; ++i) absl::StrAppend(&text, "many A 192.0.2.", i, "\n");
    server_.Load("zone.test.", text);
  }

  Reply Query(const char* question, std::vector<dns::EdnsOption> options, const ServerIdentity* identity) {
    return server_.Query(question,
                         {Transport::kUdp, EdnsWith(std::move(options)), dns::Class::kIn, identity});
  }
  static std::string Nsid(const Reply& reply) {
    if (!reply.edns || reply.edns->options.size() != 1 || reply.edns->options[0].code != kNsid) return "";
    const std::vector<uint8_t>& data = reply.edns->options[0].data;
    return {data.begin(), data.end()};
  }

  const ServerIdentity identity_ = {"ns-1-a", "", ""};
  TestServer server_;
};

TEST_F(NsidTest, IsAnsweredWithEveryAnswer) {
  for (const char* question : {"ns1.zone.test. A", "nope.zone.test. A", "zone.test. TXT"}) {
    EXPECT_EQ(Nsid(Query(question, {{kNsid, {}}}, &identity_)), "ns-1-a") << question;
  }
  const Reply refused = Query("other.test. A", {{kNsid, {}}}, &identity_);
  ASSERT_EQ(refused.edns->options.size(), 2u) << "beside the extended error";
  EXPECT_EQ(refused.edns->options[0].code, kNsid);
}

// §2.1: "The resolver MUST NOT include any NSID payload data"; "the name server MUST ignore" it.
TEST_F(NsidTest, WhatTheQuerySaysInItIsIgnored) {
  EXPECT_EQ(Nsid(Query("ns1.zone.test. A", {{kNsid, {1, 2, 3}}, {kNsid, {}}}, &identity_)), "ns-1-a");
}

TEST_F(NsidTest, WhoDoesNotAskIsNotTold) {
  EXPECT_THAT(Query("ns1.zone.test. A", {}, &identity_).edns->options, IsEmpty());
  EXPECT_THAT(Query("ns1.zone.test. A", {{10, {0, 3, 0, 0, 0, 0, 0, 0}}}, &identity_).edns->options,
              IsEmpty());
}

TEST_F(NsidTest, ServerWithoutOneIsSilent) {
  const ServerIdentity none;
  EXPECT_THAT(Query("ns1.zone.test. A", {{kNsid, {}}}, &none).edns->options, IsEmpty());
  EXPECT_THAT(Query("ns1.zone.test. A", {{kNsid, {}}}, nullptr).edns->options, IsEmpty());
}

// Nobody knows what an option of a later EDNS means.
TEST_F(NsidTest, BadVersHasNone) {
  const dns::Edns later = {1232, 1, false, {{kNsid, {}}}};
  const Reply reply =
      server_.Query("ns1.zone.test. A", {Transport::kUdp, later, dns::Class::kIn, &identity_});
  EXPECT_EQ(reply.rcode, "BADVERS");
  EXPECT_THAT(reply.edns->options, IsEmpty());
}

TEST_F(NsidTest, CountsTowardsTheLimit) {
  const ServerIdentity longest = {std::string(ServerIdentity::kMaxText, 'n'), "", ""};
  const dns::Edns small = {512, 0, false, {{kNsid, {}}}};
  const Ask ask = {Transport::kUdp, small, dns::Class::kIn, &longest};
  const Reply reply = server_.Query("many.zone.test. A", ask);
  EXPECT_TRUE(reply.truncated);
  EXPECT_EQ(Nsid(reply), longest.nsid);
  EXPECT_LE(reply.bytes.size(), 512u);
  EXPECT_FALSE(server_.Query("many.zone.test. A").truncated) << "it is the option that left no room";
}

TEST_F(NsidTest, FitsBesideTheLongestQuestion) {
  const ServerIdentity longest = {std::string(ServerIdentity::kMaxText, 'n'), "", ""};
  std::string name;
  for (int i = 0; i < 127; ++i) name += "a.";
  const dns::Edns small = {512, 0, false, {{kNsid, {}}}};
  const Reply reply = server_.Query(name + " A", {Transport::kUdp, small, dns::Class::kIn, &longest});
  EXPECT_EQ(reply.rcode, "REFUSED");
  EXPECT_EQ(reply.edns->options.size(), 2u);
}

}  // namespace
}  // namespace quartet::nameserver
