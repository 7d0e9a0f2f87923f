#include "admin/zone_files/record_sets_file.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "admin/zone_files/zone_writer.h"

namespace quartet::admin {
namespace {

struct Reading {
  std::vector<v1::ImportedRecordSet> sets;
  // "line:column rule"
  std::vector<std::string> faults;
  uint32_t total = 0;
};

Reading Read(const std::string& text) {
  std::istringstream in(text);
  RecordSetsFile file(in, "zone.yaml");
  Reading reading;
  for (v1::ImportedRecordSet set; file.Next(&set);) reading.sets.push_back(set);
  for (const v1::Fault& fault : file.faults()) {
    EXPECT_EQ(fault.file(), "zone.yaml");
    EXPECT_FALSE(fault.message().empty());
    reading.faults.push_back(absl::StrCat(fault.line(), ":", fault.column(), " ", fault.rule()));
  }
  reading.total = file.total_faults();
  return reading;
}

using Faults = std::vector<std::string>;

TEST(RecordSetsFile, ReadsAListWithPlaces) {
  const Reading reading = Read(
      "# the shop\n"
      "zone: example.com.\n"
      "revision: 7\n"
      "record_sets:\n"
      "  - owner: www\n"
      "    type: A\n"
      "    ttl: 300\n"
      "    values: [192.0.2.1, 192.0.2.2]\n"
      "    writer: external-dns/a\n"
      "  - {owner: \"@\", type: TXT, ttl: 0, values: '\"v=spf1 -all\"', comment: mail}\n");
  EXPECT_EQ(reading.faults, Faults());
  ASSERT_EQ(reading.sets.size(), 2u);
  EXPECT_EQ(reading.sets[0].line(), 5u);
  EXPECT_EQ(reading.sets[0].column(), 5u);
  EXPECT_EQ(reading.sets[0].record_set().ShortDebugString(),
            "owner: \"www\" type: \"A\" ttl: 300 values: \"192.0.2.1\" values: \"192.0.2.2\" writer: "
            "\"external-dns/a\"");
  EXPECT_EQ(reading.sets[1].line(), 10u);
  EXPECT_EQ(reading.sets[1].record_set().values(0), "\"v=spf1 -all\"");
  EXPECT_EQ(reading.sets[1].record_set().comment(), "mail");
}

TEST(RecordSetsFile, ReadsJsonAndABareList) {
  EXPECT_EQ(
      Read("[{\"owner\": \"a\", \"type\": \"A\", \"ttl\": 60, \"values\": [\"192.0.2.1\"]}]").sets.size(),
      1u);
  EXPECT_EQ(Read("- owner: a\n  type: A\n  ttl: 60\n  values: [192.0.2.1]\n").sets.size(), 1u);
  EXPECT_EQ(Read("{\"record_sets\": [], \"zone\": \"x\"}").faults, Faults());
}

TEST(RecordSetsFile, FaultsHaveTheirPlacesAndTheRestIsRead) {
  const Reading reading = Read(
      "record_sets:\n"
      "  - owner: a\n"
      "    type: A\n"
      "    values: [192.0.2.1]\n"
      "  - owner: b\n"
      "    type: A\n"
      "    ttl: soon\n"
      "    values: [192.0.2.1]\n"
      "  - just a word\n"
      "  - owner: [c]\n"
      "    type: A\n"
      "    ttl: 60\n"
      "    tll: 60\n"
      "    values: [{x: 1}, 192.0.2.1]\n"
      "  - owner: d\n"
      "    type: A\n"
      "    ttl: 60\n"
      "    owner: e\n"
      "    values: [192.0.2.1]\n"
      "  - {owner: ok, type: A, ttl: 60, values: [192.0.2.1]}\n"
      "zones: 1\n");
  EXPECT_EQ(reading.faults,
            (Faults{"2:5 missing-key", "7:10 bad-ttl", "9:5 wrong-kind", "10:12 wrong-kind",
                    "13:5 unknown-key", "14:14 wrong-kind", "18:5 unknown-key", "21:1 unknown-key"}));
  ASSERT_EQ(reading.sets.size(), 1u);
  EXPECT_EQ(reading.sets[0].record_set().owner(), "ok");
}

TEST(RecordSetsFile, WhatIsNoListIsAFault) {
  EXPECT_EQ(Read("").faults, (Faults{"1:1 missing-key"}));
  EXPECT_EQ(Read("hello").faults, (Faults{"1:1 missing-key"}));
  EXPECT_EQ(Read("zone: x\n").faults, (Faults{"1:1 missing-key"}));
  EXPECT_EQ(Read("record_sets: 5\n").faults, (Faults{"1:14 yaml"}));
  EXPECT_EQ(Read("record_sets: [}\n").faults.size(), 1u);
  EXPECT_EQ(Read("- &a {owner: a}\n- *a\n").faults.back(), "2:3 yaml");
  EXPECT_EQ(Read("[]\n---\n[]\n").faults, (Faults{"2:1 yaml"}));
  EXPECT_EQ(Read("\xff\xfe\xfd").faults.size(), 1u);
}

TEST(RecordSetsFile, DeepOrManyFaultsStayBounded) {
  EXPECT_EQ(Read(std::string(100'000, '[')).faults, (Faults{"1:2 wrong-kind", "1:17 yaml"}));
  std::string many;
  for (int i = 0; i < 3000; ++i) many += "- x\n";
  const Reading reading = Read(many);
  EXPECT_EQ(reading.faults.size(), 1000u);
  EXPECT_EQ(reading.total, 3000u);
}

std::string Written(ZoneFormat format, const std::vector<v1::RecordSet>& sets) {
  std::string text;
  const auto writer = MakeZoneWriter(format, [&](absl::string_view piece) { absl::StrAppend(&text, piece); });
  v1::Zone zone;
  zone.set_domain_name("Example.com.");
  zone.set_revision(3);
  writer->Begin(zone);
  for (const v1::RecordSet& set : sets) writer->Add(set);
  writer->End();
  return text;
}

v1::RecordSet Set(const std::string& owner, const std::string& type, const std::string& value,
                  const std::string& writer = "") {
  v1::RecordSet set;
  set.set_owner(owner);
  set.set_type(type);
  set.set_ttl(60);
  set.add_values(value);
  set.set_writer(writer);
  return set;
}

TEST(ZoneWriter, WhatItWritesIsReadBack) {
  // All characters that YAML or JSON could stumble over.
  std::string odd =
      "\"\\/: #-?[]{},&*!|>%@`'\t\n\r\x01\x7f\xc2\x85\xc2\x9f\xe2\x80\xa8\xef\xbb\xbf\xf0\x9f\x98\x80é ";
  const std::vector<v1::RecordSet> sets{
      Set("Example.com.", "A", "192.0.2.1"),         Set("example.COM.", "NS", "ns1.example.com."),
      Set("example.com.", "SOA", "a. b. 1 2 3 4 5"), Set("\\@.example.com.", "TXT", "\"a\\\"\\255;\"", odd),
      Set("no.example.com.", "AAAA", "::1", "no"),   Set("www.example.com.", "TYPE65280", "\\# 1 00", "~")};
  for (const ZoneFormat format : {ZoneFormat::kYaml, ZoneFormat::kJson}) {
    const std::string text = Written(format, sets);
    const Reading reading = Read(text);
    EXPECT_EQ(reading.faults, Faults()) << text;
    ASSERT_EQ(reading.sets.size(), 4u) << text;
    EXPECT_EQ(reading.sets[0].record_set().owner(), "@");
    EXPECT_EQ(reading.sets[1].record_set().owner(), "\\@");
    EXPECT_EQ(reading.sets[1].record_set().writer(), odd);
    EXPECT_EQ(reading.sets[1].record_set().values(0), sets[3].values(0));
    EXPECT_EQ(reading.sets[2].record_set().writer(), "no");
    EXPECT_EQ(reading.sets[3].record_set().values(0), "\\# 1 00");
    EXPECT_EQ(Read(Written(format, {})).faults, Faults());
  }
}

TEST(ZoneWriter, AZoneFileBeginsWithSoaAndNameservers) {
  EXPECT_EQ(Written(ZoneFormat::kZoneFile,
                    {Set("Example.com.", "A", "192.0.2.1"), Set("example.com.", "NS", "ns1.example.com."),
                     Set("example.com.", "SOA", "a. b. 1 2 3 4 5"), Set("*.example.com.", "TXT", "\"x\"")}),
            "; Example.com. at revision 3, serial 0\n$ORIGIN Example.com.\n"
            "@                        60      IN SOA    a. b. 1 2 3 4 5\n"
            "@                        60      IN NS     ns1.example.com.\n"
            "@                        60      IN A      192.0.2.1\n"
            "*                        60      IN TXT    \"x\"\n");
}

}  // namespace
}  // namespace quartet::admin
