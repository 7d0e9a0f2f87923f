// What a template makes under an apex is what reading the file with that apex gives.
#include "nameserver/standalone/zone_template.h"

#include <gtest/gtest.h>

#include "nameserver/standalone/zone_file.h"

namespace quartet::nameserver {
namespace {

dns::Name NameOf(absl::string_view text) { return dns::Name::Parse(text).value(); }

const dns::Name kMadeUp = NameOf("apex-0123456789abcdef.");

std::vector<dns::RecordSet> Read(absl::string_view text, const dns::Name& apex) {
  ZoneFile file = ReadZoneText(text, "zone", apex);
  EXPECT_TRUE(file.ok()) << file.faults[0].message;
  return std::move(file.sets);
}

constexpr absl::string_view kHead =
    "$TTL 300\n@ SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\n";

// Under several apexes, longer and shorter than the made-up one, twice each.
void ExpectAsRead(absl::string_view body) {
  const std::string text = std::string(kHead) + std::string(body);
  auto made = ZoneTemplate::Create(Read(text, kMadeUp), kMadeUp);
  ASSERT_TRUE(made.has_value());
  for (const char* name : {"example.com.", "x.", "Mixed.CASE.example.", "example.com.",
                           "a.very.long.name.of.a.zone.below.others.example.org."}) {
    const dns::Name apex = NameOf(name);
    ASSERT_TRUE(made->Fits(apex));
    const auto records = made->Under(apex);
    ASSERT_TRUE(records.ok()) << records.status();
    const std::vector<ZoneRecord> expected = EncodeZone(Read(text, apex), apex);
    ASSERT_EQ((*records)->size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ((**records)[i].key, expected[i].key) << name;
      EXPECT_EQ((**records)[i].served, expected[i].served) << name << " record set " << i;
    }
  }
}

TEST(ZoneTemplate, CompletesNamesInAllTypesThatHaveThem) {
  ExpectAsRead(
      "mail MX 10 mx\nmail MX 20 mx.example.net.\nalias CNAME @\nbelow CNAME a.b\nptr PTR www\n"
      "_x._tcp SRV 1 2 3 host\nn NAPTR 1 2 \"s\" \"e2u\" \"\" rep\nd DNAME target\nh HTTPS 1 svc alpn=h2\n"
      "s SVCB 0 @\nrp RP box text\nafs AFSDB 1 db\nkx KX 1 k\nlp LP 1 l\n");
}

TEST(ZoneTemplate, LeavesAllElseAsItIs) {
  ExpectAsRead(
      "www A 192.0.2.1\nwww AAAA 2001:db8::1\nt TXT \"apex\" \"ns1\"\nOwner.Case A 192.0.2.2\n*.w A "
      "192.0.2.3\n"
      "gen TYPE65280 \\# 3 010203\nabs CNAME www.example.com.\nc CAA 0 issue \"ca.example\"\n");
}

TEST(ZoneTemplate, PutsValuesInOrderUnderEachApex) {
  ExpectAsRead("m NS x.\nm NS q\nm NS q.example.\nm NS q.y.\nm NS Q.zz.\nm NS q.aaaaaaaaaaaaaaaaaa.\n");
}

TEST(ZoneTemplate, ARelativeAndAnAbsoluteNameMayBeOne) {
  ExpectAsRead("m MX 1 mail\nm MX 1 MAIL.example.com.\nm MX 2 x.\nx NS @\nx NS X.\n");
}

TEST(ZoneTemplate, RecordsOfTheApexComeFirst) { ExpectAsRead("a A 192.0.2.1\n@ A 192.0.2.2\n*.a TXT x\n"); }

std::string Label(size_t size) { return std::string(size, 'l'); }

TEST(ZoneTemplate, KnowsWhatBecomesTooLong) {
  // 63 + 63 + 63 octets and their lengths: 192 in front of the apex.
  const std::string text =
      std::string(kHead) + "@ MX 1 " + Label(63) + "." + Label(63) + "." + Label(63) + "\n";
  const auto made = ZoneTemplate::Create(Read(text, kMadeUp), kMadeUp);
  ASSERT_TRUE(made.has_value());
  EXPECT_TRUE(made->Fits(NameOf(Label(61) + ".")));
  EXPECT_FALSE(made->Fits(NameOf(Label(62) + ".")));
  EXPECT_FALSE(made->Fits(NameOf("x." + Label(60) + ".")));
}

TEST(ZoneTemplate, KnowsWhatBecomesTooLarge) {
  std::string text(kHead);
  for (int i = 0; i < 400; ++i) text += "big NS n" + std::to_string(i) + "\n";
  auto made = ZoneTemplate::Create(Read(text, kMadeUp), kMadeUp);
  ASSERT_TRUE(made.has_value());
  EXPECT_TRUE(made->Under(NameOf("example.com.")).ok());
  const dns::Name longest = NameOf(Label(63) + "." + Label(63) + "." + Label(63) + "." + Label(40) + ".");
  ASSERT_TRUE(made->Fits(longest));
  EXPECT_EQ(made->Under(longest).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ZoneTemplate, RefusesItsApexWhereNoNameIs) {
  const std::string text = std::string(kHead) + "t TXT apex-0123456789abcdef\n";
  EXPECT_FALSE(ZoneTemplate::Create(Read(text, kMadeUp), kMadeUp).has_value());
}

}  // namespace
}  // namespace quartet::nameserver
