#include "nameserver/answer/query_group.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

constexpr char kHead[] = "@ SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\n@ MX 10 host1\nns1 A 192.0.2.1\n";

// A tree of three levels.
std::string LargeZone() {
  std::string text = kHead;
  for (int i = 0; i < 20000; ++i) absl::StrAppend(&text, "host", i, " A 192.0.2.", i % 256, "\n");
  return absl::StrCat(text, "child NS ns1\nalias CNAME host7\ntree DNAME host9\n");
}

std::string SmallZone() { return absl::StrCat(kHead, "* A 192.0.2.9\na.b TXT there\n"); }

std::vector<uint8_t> RandomQuery(std::mt19937& random) {
  static constexpr const char* kNames[] = {"",           "alias.", "x.tree.", "child.", "a.child.",
                                           "b.",         "a.b.",   "any.",    "ns1.",   "nothing.at.all.",
                                           "x.alias.y.", "*."};
  static constexpr const char* kZones[] = {"large.test.", "small.test.", "child.large.test.", "down.test.",
                                           "elsewhere."};
  static constexpr dns::Type kTypes[] = {dns::Type::kA,  dns::Type::kMx,  dns::Type::kNs,
                                         dns::Type::kDs, dns::Type::kA,   dns::Type::kSoa,
                                         dns::Type::kA,  dns::Type::kAny, dns::Type::kTxt};
  const bool host = random() % 2 == 0;
  const std::string name =
      host ? absl::StrCat("host", random() % 30000, ".") : kNames[random() % std::size(kNames)];
  const std::string zone = kZones[random() % std::size(kZones)];
  std::vector<uint8_t> query =
      MakeQuery(NameOf(absl::StrCat(name, zone)), kTypes[random() % std::size(kTypes)]);
  if (random() % 16 == 0) query[random() % query.size()] ^= 1 << random() % 8;
  if (random() % 16 == 0) query.resize(random() % query.size());
  return query;
}

TEST(QueryGroupTest, AnswersAsOneByOne) {
  TestServer server;
  server.Load("large.test.", LargeZone());
  server.Load("small.test.", SmallZone());
  server.Load("child.large.test.", SmallZone());
  server.Fail("down.test.");
  std::mt19937 random(1);
  const auto group = std::make_unique<QueryGroup>(server.directory(), Context());
  size_t answered = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::vector<uint8_t>> queries(random() % (QueryGroup::kSize + 1));
    group->Clear();
    for (auto& query : queries) group->Take(query = RandomQuery(random));
    group->LookUp();
    for (size_t i = 0; i < queries.size(); ++i) {
      std::vector<uint8_t> out(1232);
      out.resize(group->Respond(i, out));
      ASSERT_EQ(out, server.Raw(queries[i])) << "round " << round << ", query " << i;
      answered += out.size() > 12 && out[7] > 0;
    }
  }
  EXPECT_GT(answered, 2000u) << "the queries hit nothing";
}

}  // namespace
}  // namespace quartet::nameserver
