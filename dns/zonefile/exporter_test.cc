#include "dns/zonefile/exporter.h"

#include <gtest/gtest.h>

#include "dns/zonefile/importer.h"

namespace quartet::dns {
namespace {

Name Of(absl::string_view text) { return Name::Parse(text).value(); }

ImportResult ImportInto(absl::string_view text, const Name& apex) {
  ImportOptions options;
  options.apex = apex;
  ImportResult result = Import(text, options);
  EXPECT_TRUE(result.ok()) << result.faults[0].line << ": " << result.faults[0].message;
  if (result.soa) result.record_sets.push_back(*result.soa);
  if (result.apex_ns) result.record_sets.push_back(*result.apex_ns);
  return result;
}

TEST(Exporter, WritesAlignedColumnsInCanonicalOrder) {
  const Name apex = Of("example.com.");
  const ImportResult zone = ImportInto(
      "$TTL 300\nwww A 192.0.2.1\n A 192.0.2.2\n@ NS ns1\n@ 900 SOA ns1 h 1 2 3 4 5\n@ MX 10 mail\nmail.eu "
      "AAAA ::1\n",
      apex);
  EXPECT_EQ(Export(apex, zone.record_sets),
            "$ORIGIN example.com.\n"
            "@       900     IN SOA    ns1.example.com. h.example.com. 1 2 3 4 5\n"
            "@       300     IN NS     ns1.example.com.\n"
            "@       300     IN MX     10 mail.example.com.\n"
            "mail.eu 300     IN AAAA   ::1\n"
            "www     300     IN A      192.0.2.1\n"
            "www     300     IN A      192.0.2.2\n");
}

class RoundTrip : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(RoundTrip, ImportsBackToTheSameSets) {
  const Name apex = Of(GetParam().first);
  const ImportResult zone = ImportInto(GetParam().second, apex);
  const std::string text = Export(apex, zone.record_sets);
  const ImportResult again = ImportInto(text, apex);
  EXPECT_EQ(again.total_warnings, 0) << text;
  ASSERT_EQ(again.record_sets.size(), zone.record_sets.size()) << text;
  // Sorted already, so the same sets give the same text.
  EXPECT_EQ(Export(apex, again.record_sets), text);
}

INSTANTIATE_TEST_SUITE_P(
    OfZones, RoundTrip,
    ::testing::Values(
        std::pair{"example.com.", ""},
        std::pair{".", "$TTL 1\ncom NS a.gtld\n. NS a.root\na.root A 192.0.2.1\n"},
        // Owners that mean something else to the lexer unless escaped.
        std::pair{"example.com.",
                  "$TTL 1\n\\@ A 192.0.2.1\n\\$ORIGIN A 192.0.2.1\na\\;b A 192.0.2.1\na\\(b\\) A 192.0.2.1\n"
                  "\\\"a\\\" A 192.0.2.1\n\\000\\255\\032 A 192.0.2.1\na\\.b A 192.0.2.1\n\\\\ A "
                  "192.0.2.1\n* A 192.0.2.1\n"
                  "\\064 TXT x\nx CNAME \\@\ny CNAME \\$TTL\n"},
        std::pair{"EXAMPLE.com.", "$TTL 1\nwww.example.COM. A 192.0.2.1\n"},
        std::pair{"example.com.",
                  "$TTL 1\na TXT \"\\\"\\;\\\\\\000\\255\" \"\"\na TYPE65280 \\# 3 010203\na HTTPS 1 . "
                  "alpn=\"a\\\\,b\"\n"
                  "a CAA 0 issue \"; x\"\na LOC 1 N 1 E 1m\na NAPTR 1 1 \"\" \"\" \"!a!\\\\1!\" .\n"}));

}  // namespace
}  // namespace quartet::dns
