// Random zones and questions, answered by the engine and by the reference.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nameserver/answer/reference_answer.h"
#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

// Few labels, so that names meet: cuts above data, wildcards beside names, chains into each other.
class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  size_t Pick(size_t below) { return random_() % below; }

  std::string Name(size_t most) {
    static constexpr const char* kLabels[] = {
        "a", "b", "C", "*", "d", "long-label-number-one", "long-label-number-two"};
    std::string name;
    for (size_t labels = 1 + Pick(most); labels > 0; --labels) {
      absl::StrAppend(&name, name.empty() ? "" : ".", kLabels[Pick(std::size(kLabels))]);
    }
    return name;
  }

  std::string Target() {
    if (Pick(6) == 0) return "host.other.example.";
    return Pick(12) == 0 ? "@" : Name(3);
  }

  std::string Zone() {
    std::string text =
        absl::StrCat("@ ", 200 + Pick(200), " SOA ", Target(), " admin 1 7200 900 1209600 300\n");
    absl::StrAppend(&text, "@ NS ", Target(), "\n");
    if (Pick(12) == 0) absl::StrAppend(&text, "@ DNAME elsewhere.example.\n");
    std::set<std::string> taken;
    const bool cuts = Pick(3) != 0;
    const bool dnames = Pick(3) == 0;
    const size_t names = 1 + Pick(Pick(8) == 0 ? 400 : 25);
    for (size_t i = 0; i < names; ++i) {
      const std::string name = Name(4);
      if (taken.insert(absl::AsciiStrToLower(name)).second) AddName(name, cuts, dnames, &text);
    }
    return text;
  }

 private:
  void AddName(const std::string& name, bool cuts, bool dnames, std::string* text) {
    const auto add = [&](absl::string_view data) { absl::StrAppend(text, name, " ", data, "\n"); };
    const size_t kind = Pick(10);
    if (kind == 0) return add(absl::StrCat("CNAME ", Target()));
    if (kind == 1) return add(absl::StrCat("CNAME ", Target()));
    if (kind == 2 && dnames) add(absl::StrCat("DNAME ", Target()));
    // NS at a wildcard has no settled meaning (RFC 4592 §4.2).
    if (kind == 3 && cuts && name[0] != '*') {
      for (size_t count = 1 + Pick(3); count > 0; --count) add(absl::StrCat("NS ", Target()));
      if (Pick(2) == 0) add("DS 1 8 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
    }
    if (kind == 4) add(absl::StrCat("MX 10 ", Target(), "\n", name, " MX 20 ", Target()));
    if (kind == 5) add(absl::StrCat("SRV 1 2 3 ", Target()));
    if (kind == 6) add(absl::StrCat("TXT ", std::string(200, 'x'), " ", std::string(Pick(250) + 1, 'y')));
    if (Pick(3) != 0) add(absl::StrCat("A 192.0.2.", Pick(256)));
    if (Pick(3) == 0) add(absl::StrCat("AAAA 2001:db8::", Pick(256)));
    if (Pick(20) == 0) add("TYPE65280 \\# 0");
  }

  std::mt19937 random_;
};

std::set<std::string> Canonical(const std::vector<std::string>& lines) {
  std::set<std::string> out;
  for (const std::string& line : lines) out.insert(absl::AsciiStrToLower(line));
  EXPECT_EQ(out.size(), lines.size()) << "a record twice: " << absl::StrJoin(lines, "; ");
  return out;
}

std::set<std::string> Canonical(const std::set<std::string>& lines) {
  std::set<std::string> out;
  for (const std::string& line : lines) out.insert(absl::AsciiStrToLower(line));
  return out;
}

constexpr dns::Type kTypes[] = {dns::Type::kA,   dns::Type::kAaaa, dns::Type::kNs,    dns::Type::kMx,
                                dns::Type::kTxt, dns::Type::kSrv,  dns::Type::kCname, dns::Type::kDname,
                                dns::Type::kDs,  dns::Type::kSoa,  dns::Type::kAny,   dns::Type{65280}};

void CompareZone(uint32_t seed) {
  Generator generator(seed);
  const std::string text = generator.Zone();
  const dns::Name apex = NameOf(seed % 5 == 0 ? "." : "Zone.test.");
  TestServer server;
  server.Load(apex.ToString(), text);
  const ReferenceZone reference(apex, ReadZone(apex, "$TTL 300\n" + text));
  for (int i = 0; i < 60; ++i) {
    const dns::Name name = i % 20 == 0 ? apex : *dns::Name::Parse(generator.Name(5), apex);
    const dns::Type type = kTypes[generator.Pick(std::size(kTypes))];
    const std::string question = absl::StrCat(name.ToString(), " ", dns::TypeName(type));
    const Reply reply = server.Query(question, {Transport::kTcp});
    const ReferenceAnswer expected = reference.Answer(name, type);
    SCOPED_TRACE(absl::StrCat("seed ", seed, ": ", question, "\n", text));
    ASSERT_EQ(reply.rcode, expected.rcode);
    ASSERT_EQ(reply.authoritative, expected.authoritative);
    ASSERT_EQ(Canonical(reply.answer), Canonical(expected.answer));
    ASSERT_EQ(Canonical(reply.authority), Canonical(expected.authority));
    ASSERT_EQ(Canonical(reply.additional), Canonical(expected.additional));
  }
}

TEST(ModelTest, RandomZonesAreAnsweredAsTheReferenceDoes) {
  for (uint32_t seed = 1; seed <= 400 && !::testing::Test::HasFailure(); ++seed) CompareZone(seed);
}

}  // namespace
}  // namespace quartet::nameserver
