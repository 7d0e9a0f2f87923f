#include "dns/zonefile/importer.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace quartet::dns {
namespace {

ImportOptions Options() {
  ImportOptions options;
  options.apex = Name::Parse("example.com.").value();
  options.file_name = "zone.txt";
  return options;
}

std::string Show(const RecordSet& set) {
  std::string text;
  for (const RecordData& record : set.records()) {
    absl::StrAppend(&text, set.owner().ToString(), " ", set.ttl(), " ", TypeName(set.type()), " ",
                    record.ToString(), "\n");
  }
  return text;
}

// The records, one a line.
std::string Records(absl::string_view text, const ImportOptions& options = Options()) {
  const ImportResult result = Import(text, options);
  std::string all;
  for (const Fault& fault : result.faults) absl::StrAppend(&all, "fault: ", fault.message, "\n");
  for (const RecordSet& set : result.record_sets) all += Show(set);
  return all;
}

std::string Places(const std::vector<Fault>& faults) {
  std::string all;
  for (const Fault& fault : faults)
    absl::StrAppend(&all, fault.line, ":", fault.column, " ", fault.rule, "\n");
  return all;
}

// Line, column and rule of all faults, one a line.
std::string Faults(absl::string_view text) {
  const ImportResult result = Import(text, Options());
  EXPECT_EQ(result.total, result.faults.size());
  EXPECT_EQ(result.ok(), result.faults.empty());
  if (!result.ok()) {
    EXPECT_TRUE(result.record_sets.empty() && !result.soa && !result.apex_ns);
  }
  return Places(result.faults);
}

std::string Warnings(absl::string_view text) {
  const ImportResult result = Import(text, Options());
  EXPECT_TRUE(result.ok()) << result.faults[0].message;
  return Places(result.warnings);
}

TEST(Importer, CompletesNamesWithTheOriginInOwnersAndData) {
  EXPECT_EQ(
      Records(
          "$TTL 60\n@ MX 10 mail\n@ MX 20 mail.example.net.\nwww CNAME @\nx NS ns.y\nx.example.com. PTR www\n"
          "s SRV 1 2 3 t\nr SVCB 1 u\n"),
      "example.com. 60 MX 10 mail.example.com.\n"
      "example.com. 60 MX 20 mail.example.net.\n"
      "www.example.com. 60 CNAME example.com.\n"
      "x.example.com. 60 NS ns.y.example.com.\n"
      "x.example.com. 60 PTR www.example.com.\n"
      "s.example.com. 60 SRV 1 2 3 t.example.com.\n"
      "r.example.com. 60 SVCB 1 u.example.com.\n");
}

TEST(Importer, FollowsOrigins) {
  EXPECT_EQ(Records("$TTL 60\n$ORIGIN sub\nwww A 192.0.2.1\n@ MX 1 m\n$ORIGIN a.b\nwww A 192.0.2.2\n"
                    "$origin example.com.\nwww A 192.0.2.3\n$ORIGIN .\nexample.com A 192.0.2.4\n"),
            "www.sub.example.com. 60 A 192.0.2.1\n"
            "sub.example.com. 60 MX 1 m.sub.example.com.\n"
            "www.a.b.sub.example.com. 60 A 192.0.2.2\n"
            "www.example.com. 60 A 192.0.2.3\n"
            "example.com. 60 A 192.0.2.4\n");
}

TEST(Importer, TakesTtlAndClassInEitherOrder) {
  EXPECT_EQ(
      Records(
          "a 1 IN A 192.0.2.1\nb IN 2 A 192.0.2.1\nc 3 A 192.0.2.1\nd class1 4 a 192.0.2.1\ne A 192.0.2.1\n"
          "f 1h30m TYPE1 192.0.2.1\n"),
      "a.example.com. 1 A 192.0.2.1\n"
      "b.example.com. 2 A 192.0.2.1\n"
      "c.example.com. 3 A 192.0.2.1\n"
      "d.example.com. 4 A 192.0.2.1\n"
      "e.example.com. 4 A 192.0.2.1\n"
      "f.example.com. 5400 A 192.0.2.1\n");
}

TEST(Importer, PrefersTheTtlDirectiveToTheTtlBefore) {
  // RFC 2308 §4.
  EXPECT_EQ(Records("$TTL 1h\na 1 A 192.0.2.1\nb A 192.0.2.1\n$TTL 2\nc A 192.0.2.1\n"),
            "a.example.com. 1 A 192.0.2.1\nb.example.com. 3600 A 192.0.2.1\nc.example.com. 2 A 192.0.2.1\n");
}

TEST(Importer, TakesTheDefaultTtlOfItsOptions) {
  ImportOptions options = Options();
  options.default_ttl = 77;
  EXPECT_EQ(Records("a A 192.0.2.1\n", options), "a.example.com. 77 A 192.0.2.1\n");
}

TEST(Importer, TakesTheMinimumOfTheSoaWhereNoTtlIsKnown) {
  const ImportResult result = Import("@ SOA ns h 1 2 3 4 55\na A 192.0.2.1\n", Options());
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.record_sets[0].ttl(), 55);
  EXPECT_EQ(Places(result.warnings), "1:3 ttl-from-soa\n");
}

TEST(Importer, GathersRecordsIntoSetsWithoutRegardToCase) {
  const ImportResult result =
      Import("$TTL 60\nWWW A 192.0.2.1\nmail A 192.0.2.9\nwww A 192.0.2.2\n    A 192.0.2.3\n", Options());
  ASSERT_TRUE(result.ok());
  ASSERT_EQ(result.record_sets.size(), 2);
  EXPECT_EQ(
      Show(result.record_sets[0]),
      "WWW.example.com. 60 A 192.0.2.1\nWWW.example.com. 60 A 192.0.2.2\nWWW.example.com. 60 A 192.0.2.3\n");
}

TEST(Importer, ReturnsSoaAndApexNsApart) {
  const ImportResult result = Import(
      "@ 900 SOA ns h 1 2 3 4 5\n@ 60 NS ns1\n@ 60 NS ns2\nsub 60 NS ns1\nns1 60 A 192.0.2.1\n@ 900 SOA ns h "
      "1 2 3 4 5\n",
      Options());
  ASSERT_TRUE(result.ok());
  ASSERT_TRUE(result.soa.has_value());
  EXPECT_EQ(Show(*result.soa), "example.com. 900 SOA ns.example.com. h.example.com. 1 2 3 4 5\n");
  ASSERT_TRUE(result.apex_ns.has_value());
  EXPECT_EQ(result.apex_ns->records().size(), 2);
  ASSERT_EQ(result.record_sets.size(), 2);
  EXPECT_EQ(Show(result.record_sets[0]), "sub.example.com. 60 NS ns1.example.com.\n");
  EXPECT_EQ(Places(result.warnings), "6:1 duplicate-record\n");
}

TEST(Importer, Generates) {
  EXPECT_EQ(Records("$TTL 60\n$GENERATE 1-3/2 h${0,3}.x A 192.0.2.$\n$GENERATE 9-9 $ 5 IN MX 1 m-$\n"),
            "h001.x.example.com. 60 A 192.0.2.1\n"
            "h003.x.example.com. 60 A 192.0.2.3\n"
            "9.example.com. 5 MX 1 m-9.example.com.\n");
  EXPECT_EQ(Import("$TTL 60\n$GENERATE 0-65535 $ CNAME a\n", Options()).record_sets.size(), 65536);
}

// --- Faults ---

struct Case {
  const char* text;
  const char* faults;
};

class FaultyFile : public ::testing::TestWithParam<Case> {};

TEST_P(FaultyFile, HasItsFaultsAtTheirPlaces) { EXPECT_EQ(Faults(GetParam().text), GetParam().faults); }

INSTANTIATE_TEST_SUITE_P(
    Heads, FaultyFile,
    ::testing::Values(
        Case{"www 60 A", "1:9 record-data\n"}, Case{"www", "1:4 syntax\n"},
        Case{"www 60 IN", "1:10 syntax\n"}, Case{"  A 192.0.2.1", "1:3 owner\n1:3 ttl-missing\n"},
        Case{"a..b 60 A 192.0.2.1", "1:1 owner\n"}, Case{"\"a\" 60 A 192.0.2.1", "1:1 owner\n"},
        Case{"b\xc3\xbc"
             "cher 60 A 192.0.2.1",
             "1:1 owner\n"},
        Case{"a.example.net. 60 A 192.0.2.1\n   60 A 192.0.2.1x\nb.example.net. 60 A 192.0.2.1",
             "1:1 owner-outside-zone\n2:9 record-data\n3:1 owner-outside-zone\n"},
        Case{"notexample.com. 60 A 192.0.2.1", "1:1 owner-outside-zone\n"},
        Case{"a 60 CH A 192.0.2.1", "1:6 class\n"}, Case{"a 60 CLASS255 A 192.0.2.1", "1:6 class\n"},
        Case{"a 4294967297 A 192.0.2.1", "1:3 ttl\n"}, Case{"a 2147483648 A 192.0.2.1", "1:3 ttl\n"},
        Case{"a -1 A 192.0.2.1", "1:3 ttl\n"}, Case{"a 1x A 192.0.2.1\nb A 192.0.2.1", "1:3 ttl\n"},
        Case{"a A 192.0.2.1", "1:3 ttl-missing\n"}, Case{"a 60 FOO x", "1:6 unknown-type\n"},
        Case{"a 60 \"A\" x", "1:6 unknown-type\n"}, Case{"a 60 ANY x", "1:6 unknown-type\n"},
        Case{"a 60 TSIG x", "1:6 unknown-type\n"}, Case{"a 60 TYPE65536 x", "1:6 unknown-type\n"},
        Case{"a 60 60 A 192.0.2.1", "1:6 unknown-type\n"}));

INSTANTIATE_TEST_SUITE_P(
    Data, FaultyFile,
    ::testing::Values(Case{"a 60 A 192.0.2.1 x", "1:18 record-data\n"},
                      Case{"a 60 MX mail", "1:9 record-data\n"},
                      Case{"a 60 MX 10 a..b", "1:12 record-data\n"},
                      Case{"a 60 SOA ns h (\n 1\n x\n 3 4 5 )", "3:2 record-data\n"},
                      Case{"a 60 TXT \"x", "1:10 syntax\n"}, Case{"a 60 TXT ( \"x\"\n", "1:10 syntax\n"},
                      Case{"a 60 HTTPS 1 . port=1 alpn=", "1:23 record-data\n"},
                      Case{"a 60 NSEC a A BAD", "1:15 record-data\n"},
                      Case{"a 60 TYPE9 \\# 2 00", "1:15 record-data\n"},
                      Case{"a 60 SOA ns h 1 2 3 4 5", "1:1 soa\n"},
                      Case{"@ 60 SOA ns h 1 2 3 4 5\n@ 60 SOA ns h 2 2 3 4 5", "2:1 soa\n"}));

INSTANTIATE_TEST_SUITE_P(
    Directives, FaultyFile,
    ::testing::Values(Case{"$TTL abc\na A 192.0.2.1", "1:6 ttl\n"}, Case{"$TTL 4294967300", "1:6 ttl\n"},
                      Case{"$TTL", "1:5 directive\n"}, Case{"$TTL 1 2", "1:8 directive\n"},
                      Case{"$ORIGIN a..b", "1:9 directive\n"}, Case{"  $ORIGIN", "1:10 directive\n"},
                      Case{"$INCLUDE /etc/passwd", "1:1 include\n"}, Case{"$FOO 1", "1:1 directive\n"},
                      Case{"$GENERATE 1-2 a", "1:1 generate\n"},
                      Case{"$GENERATE 2-1 $ A 192.0.2.$", "1:11 generate\n"},
                      Case{"$GENERATE 0-65536 $ A 192.0.2.$", "1:11 generate\n"},
                      Case{"$GENERATE 1-2 ${ 60 A 192.0.2.$", "1:1 generate\n"},
                      Case{"$GENERATE 254-300 $ 60 A 192.0.2.$", "1:26 record-data\n"},
                      Case{"$GENERATE 1-9 $ A 192.0.2.$\n$GENERATE 1-9 $.net. 1 A 192.0.2.$",
                           "1:17 ttl-missing\n2:15 owner-outside-zone\n"}));

TEST(Importer, ReportsAllFaultsInOrder) {
  EXPECT_EQ(Faults("a 60 A 1.2.3\nb 60 FOO\nc 60 TXT \"\n\x01\nd 1x CH MX 1\n e ( 60 A 1\n"),
            "1:8 record-data\n2:6 unknown-type\n3:10 syntax\n4:1 syntax\n5:3 ttl\n5:6 class\n5:13 "
            "record-data\n6:4 syntax\n");
}

TEST(Importer, NamesFileOwnerTypeAndReason) {
  const ImportResult result = Import("\nwww 60 IN A 192.0.2.300\n", Options());
  ASSERT_EQ(result.faults.size(), 1);
  const Fault& fault = result.faults[0];
  EXPECT_EQ(fault.file, "zone.txt");
  EXPECT_EQ(fault.line, 2);
  EXPECT_EQ(fault.column, 13);
  EXPECT_EQ(fault.owner, "www.example.com.");
  EXPECT_EQ(fault.type, "A");
  EXPECT_EQ(fault.message, "address: '192.0.2.300' is no IPv4 address like 192.0.2.1");
}

TEST(Importer, ListsFaultsUpToItsLimitAndCountsAll) {
  ImportOptions options = Options();
  options.max_faults = 3;
  std::string text;
  for (int i = 0; i < 10; ++i) text += "a 60 A x\n";
  const ImportResult result = Import(text, options);
  EXPECT_EQ(result.faults.size(), 3);
  EXPECT_EQ(result.total, 10);
}

TEST(Importer, StopsAtItsRecordLimit) {
  ImportOptions options = Options();
  options.max_records = 2;
  const ImportResult result =
      Import("a 60 A 192.0.2.1\nb 60 A 192.0.2.1\nc 60 A 192.0.2.1\nd 60 A x\n", options);
  EXPECT_EQ(Places(result.faults), "3:1 too-many-records\n");
}

TEST(Importer, RefusesAFileThatIsTooLargeUnread) {
  // There is nothing behind it to read.
  EXPECT_EQ(Faults(absl::string_view("", kMaxZoneFile + 1)), "1:1 file-too-large\n");
}

TEST(Importer, RefusesASetTooLargeForAResponse) {
  std::string text = "$TTL 60\n";
  for (int i = 0; i < 300; ++i) absl::StrAppend(&text, "big TXT \"", i, std::string(250, 'x'), "\"\n");
  EXPECT_EQ(Faults(text), "2:1 record-set\n");
}

TEST(Importer, KeepsTheOwnerOfAnUnreadableEntryForTheLinesBehindIt) {
  EXPECT_EQ(Faults("a 60 A 192.0.2.1\nb 60 TXT \"x\n  60 A 192.0.2.1\nc.net. 60 TXT \"x\n  60 A 192.0.2.1\n"),
            "2:10 syntax\n4:15 syntax\n4:1 owner-outside-zone\n");
}

// --- Warnings ---

TEST(Importer, WarnsOfDuplicatesAndDropsThem) {
  EXPECT_EQ(Warnings("a 60 MX 1 m\nA 60 MX 1 M.EXAMPLE.com.\n"), "2:1 duplicate-record\n");
  EXPECT_EQ(Records("a 60 MX 1 m\nA 60 MX 1 M.EXAMPLE.com.\n"), "a.example.com. 60 MX 1 m.example.com.\n");
}

TEST(Importer, TakesTheLowestTtlOfASet) {
  const char* text = "a 60 A 192.0.2.1\na 30 A 192.0.2.2\na 90 A 192.0.2.3\n";
  EXPECT_EQ(Warnings(text), "2:1 ttl-differs\n");
  EXPECT_EQ(Import(text, Options()).record_sets[0].ttl(), 30);
}

TEST(Importer, WarnsOfMissingFinalDots) {
  EXPECT_EQ(
      Warnings(
          "@ 60 MX 10 mail.example.com\n@ 60 MX 20 mail.example.net\n@ 60 MX 30 mail\n@ 60 MX 40 mail.sub\n"
          "www.example.com 60 A 192.0.2.1\nwww 60 CNAME example.com\nx 60 SRV 1 1 1 example.com.\n"),
      "1:12 final-dot-missing\n2:12 final-dot-missing\n5:1 final-dot-missing\n6:14 final-dot-missing\n");
  EXPECT_EQ(Records("@ 60 MX 10 mail.example.com\n"),
            "example.com. 60 MX 10 mail.example.com.example.com.\n");
}

// `v=spf1 -all` is two strings, which are read as v=spf1-all (RFC 7208 §3.3).
TEST(Importer, WarnsOfTextWithoutItsQuotes) {
  EXPECT_EQ(Warnings("a 1 TXT v=spf1 -all\nb 1 SPF \"v=spf1\" -all\n"),
            "1:9 text-unquoted\n2:9 text-unquoted\n");
  EXPECT_EQ(
      Warnings("a 1 TXT \"v=spf1 -all\"\nb 1 TXT \"one\" \"two\"\nc 1 TXT token=1\nd 1 TXT \\# 2 0161\n"),
      "");
}

TEST(Importer, SplitsLongStringsWithAWarning) {
  const std::string text(256, 'x');
  EXPECT_EQ(Warnings(absl::StrCat("a 1 TXT \"", text, "\"\nb 1 TXT \"", text.substr(1), "\"\n")),
            "1:9 string-split\n");
  EXPECT_EQ(Records(absl::StrCat("a 1 TXT \"", text, "\"\n")),
            absl::StrCat("a.example.com. 1 TXT \"", text.substr(1), "\" \"x\"\n"));
}

TEST(Importer, WarnsOncePerGenerate) {
  EXPECT_EQ(Warnings("$GENERATE 1-9 a$ 60 CNAME b$.example.com\n"), "1:27 final-dot-missing\n");
}

}  // namespace
}  // namespace quartet::dns
