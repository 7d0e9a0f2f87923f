// RFC 1035 §2.3.4: labels of 63 octets, names of 255, and what is built of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

using ::testing::ElementsAre;

// `labels` labels of one octet, each followed by a dot.
std::string Labels(int labels, char letter = 'a') {
  std::string name;
  for (int i = 0; i < labels; ++i) absl::StrAppend(&name, std::string(1, letter), ".");
  return name;
}

class LimitsTest : public ::testing::Test {
 protected:
  LimitsTest() {
    // Apex "z.": 3 octets with the root; 126 labels in front of it make 255.
    server_.Load(
        "z.", absl::StrCat("@ 900 SOA ns admin 1 7200 900 1209600 300\n@ NS ns\nns A 192.0.2.53\n",
                           Labels(126), "z. A 192.0.2.1\n*.", Labels(3, 'w'), "z. A 192.0.2.2\nlong CNAME ",
                           Labels(126), "z.\n", std::string(63, 'l'), " A 192.0.2.3\n"));
  }

  TestServer server_;
};

TEST_F(LimitsTest, NameOf127LabelsAnd255OctetsIsAnswered) {
  const std::string name = Labels(126) + "z.";
  ASSERT_EQ(NameOf(name).wire().size(), 255u);
  EXPECT_THAT(server_.Query(name + " A").answer, ElementsAre(name + " 300 A 192.0.2.1"));
  const Reply through = server_.Query("long.z. A");
  EXPECT_THAT(through.answer, ElementsAre("long.z. 300 CNAME " + name, name + " 300 A 192.0.2.1"));
}

TEST_F(LimitsTest, EmptyNonTerminalsAboveItExist) {
  for (const int labels : {1, 64, 125}) {
    const Reply reply = server_.Query(Labels(labels) + "z. A");
    EXPECT_EQ(reply.rcode, "NOERROR") << labels;
    EXPECT_EQ(reply.authority.size(), 1u);
  }
}

TEST_F(LimitsTest, MissingNamesOf255OctetsAreNxDomain) {
  EXPECT_EQ(server_.Query(Labels(126, 'b') + "z. A").rcode, "NXDOMAIN");
  EXPECT_EQ(server_.Query("b." + Labels(125) + "z. A").rcode, "NXDOMAIN");
}

TEST_F(LimitsTest, WildcardCoversNamesUpTo255Octets) {
  const std::string name = Labels(123, 'q') + Labels(3, 'w') + "z.";
  ASSERT_EQ(NameOf(name).wire().size(), 255u);
  EXPECT_THAT(server_.Query(name + " A").answer, ElementsAre(name + " 300 A 192.0.2.2"));
}

TEST_F(LimitsTest, LabelOf63OctetsIsAnsweredOneOf64IsFormErr) {
  EXPECT_EQ(server_.Query(std::string(63, 'l') + ".z. A").answer.size(), 1u);
  std::vector<uint8_t> query = MakeQuery(NameOf(std::string(63, 'l') + ".z."), dns::Type::kA);
  query[12] = 64;
  query.insert(query.begin() + 13, 'l');
  EXPECT_EQ(ReadReply(server_.Raw(query)).rcode, "FORMERR");
}

// What a record set may have at most is what a response to the longest question has room for.
TEST_F(LimitsTest, LargestRecordSetIsAnsweredWholeToTheLongestQuestion) {
  // A TXT value of so many octets, in strings of 255.
  const auto text = [](size_t octets, char first) {
    std::string value = std::string(1, first);
    for (size_t i = 1; i < octets; ++i) value.push_back('x');
    return *dns::RecordData::Parse(dns::Type::kTxt, absl::StrCat("\"", value, "\""), dns::Name());
  };
  const dns::Name owner = NameOf("*.z.");
  std::vector<dns::RecordData> records = {text(32000, 'a'), text(32000, 'b')};
  size_t last = 1;
  records.push_back(text(last, 'c'));
  while (dns::RecordSet::Create(owner, 300, records).ok()) records.back() = text(++last, 'c');
  records.back() = text(last - 1, 'c');
  std::string zone = "@ 900 SOA ns admin 1 7200 900 1209600 300\n@ NS ns\nns A 192.0.2.53\n";
  for (const dns::RecordData& record : records) absl::StrAppend(&zone, "* 300 TXT ", record.ToString(), "\n");
  server_.Load("z.", zone);

  ServerIdentity identity;
  identity.nsid = std::string(ServerIdentity::kMaxText, 'n');
  Ask ask{Transport::kTcp, EdnsWith({{3, {}}})};
  ask.identity = &identity;
  const std::string name = Labels(126, 'q') + "z.";
  ASSERT_EQ(NameOf(name).wire().size(), dns::Name::kMaxWire);
  const Reply reply = server_.Query(name + " TXT", ask);
  EXPECT_FALSE(reply.truncated);
  EXPECT_EQ(reply.answer.size(), 3u);
  // There is no room that such a set could not have.
  EXPECT_EQ(reply.bytes.size(), 65535u);
}

// Any octet may stand in a label (RFC 2181 §11).
TEST_F(LimitsTest, EveryOctetIsFoundInALabel) {
  std::string zone = "@ 900 SOA ns admin 1 7200 900 1209600 300\n@ NS ns\nns A 192.0.2.53\n";
  for (int octet = 0; octet < 256; ++octet) {
    if (octet >= 'A' && octet <= 'Z') continue;
    absl::StrAppend(&zone, "x\\", octet / 100, octet / 10 % 10, octet % 10, " TXT \"", octet, "\"\n");
  }
  server_.Load("octets.test.", zone);
  for (int octet = 0; octet < 256; ++octet) {
    const int lower = octet >= 'A' && octet <= 'Z' ? octet + 32 : octet;
    const std::string label = absl::StrCat("x\\", octet / 100, octet / 10 % 10, octet % 10);
    const Reply reply = server_.Query(label + ".octets.test. TXT");
    ASSERT_EQ(reply.answer.size(), 1u) << octet;
    EXPECT_EQ(reply.message.answer[0].data.ToString(), absl::StrCat("\"", lower, "\""));
  }
}

}  // namespace
}  // namespace quartet::nameserver
