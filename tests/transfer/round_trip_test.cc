// A zone of any record sets comes back from each of its written forms as it was, bit for bit.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/zones/storable.h"
#include "dns/name/name.h"
#include "dns/rdata/random_record_data.h"
#include "dns/record_set/record_set.h"
#include "dns/zonefile/exporter.h"
#include "tests/transfer/exchange.h"

namespace quartet::tests {
namespace {

using admin::ZoneFormat;
using dns::Type;

constexpr ZoneFormat kFormats[] = {ZoneFormat::kZoneFile, ZoneFormat::kYaml, ZoneFormat::kJson};

// Octets that mean something to zone files, YAML or JSON, in either case.
std::string RandomLabel(std::mt19937& random) {
  static constexpr char kOctets[] = "aZ09-_*@$;()\"\\ #:.,[]{}&!|>%`'\t\n\r\x01\x7f\x80\xc2\x85\xff";
  std::string label;
  const size_t size = 1 + random() % 8;
  while (label.size() < size) label += kOctets[random() % (sizeof kOctets - 1)];
  return label;
}

// `number`, so that each set has an owner of its own and no rule between types is broken, below some labels of any octets.
dns::Name RandomOwner(size_t number, const dns::Name& apex, std::mt19937& random) {
  std::string wire;
  const auto add = [&](const std::string& label) {
    wire += static_cast<char>(label.size());
    wire += label;
  };
  add(absl::StrCat(random() % 2 == 0 ? "N" : "n", number));
  for (uint32_t labels = random() % 3; labels > 0; --labels) add(RandomLabel(random));
  for (const uint8_t octet : apex.wire()) wire += static_cast<char>(octet);
  return *dns::Name::FromWire({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
}

bool HasRulesOfItsOwn(Type type) { return type == Type::kSoa || type == Type::kDs; }

std::vector<dns::RecordSet> RandomSets(const dns::Name& apex, std::mt19937& random) {
  std::vector<dns::RecordSet> sets;
  for (const Type type : dns::TypesForTests()) {
    if (!controller::IsStorable(type) || HasRulesOfItsOwn(type)) continue;
    const bool single = type == Type::kCname || type == Type::kDname;
    std::vector<dns::RecordData> records{dns::RandomRecordData(type, random)};
    for (uint32_t more = single ? 0 : random() % 3; more > 0; --more)
      records.push_back(dns::RandomRecordData(type, random));
    absl::StatusOr<dns::RecordSet> set =
        dns::RecordSet::Create(RandomOwner(sets.size(), apex, random),
                               random() % (dns::RecordSet::kMaxTtl + 1u), std::move(records));
    // Two were the same, or too large together.
    if (set.ok()) sets.push_back(*std::move(set));
  }
  return sets;
}

TEST(RoundTrip, OfRandomZonesInAllForms) {
  const char* const seeds = std::getenv("QUARTET_ROUND_TRIP_SEEDS");
  const int count = seeds == nullptr ? 60 : std::atoi(seeds);
  Exchange exchange;
  uint64_t record_sets = 0;
  for (int seed = 0; seed < count; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937 random(static_cast<uint32_t>(seed));
    const std::string domain = seed % 3 == 0   ? "Example.test"
                               : seed % 3 == 1 ? "a\\.b\\;c.test"
                                               : "x.y.z.test";
    const dns::Name apex = *dns::Name::Parse(absl::StrCat(domain, "."));
    const std::vector<dns::RecordSet> sets = RandomSets(apex, random);
    const std::string zone = exchange.Make(domain, dns::Export(apex, sets));
    ASSERT_FALSE(zone.empty());
    const Contents contents = exchange.ContentsOf(zone);
    ASSERT_EQ(contents.record_sets, sets.size());
    record_sets += sets.size();
    const ZoneFormat format = kFormats[seed / 3 % 3];
    const std::string text = exchange.Export(zone, format);
    exchange.Delete(zone);
    const std::string again = exchange.Make(domain, text, format);
    ASSERT_FALSE(again.empty());
    EXPECT_TRUE(exchange.ContentsOf(again) == contents) << text;
    exchange.Delete(again);
  }
  // Nearly all of the drawn sets could be made.
  EXPECT_GT(record_sets, static_cast<uint64_t>(count) * 20);
}

TEST(RoundTrip, WritersAndCommentsComeBackInYamlAndJson) {
  Exchange exchange;
  const std::string zone = exchange.Make("example.test",
                                         "- {owner: a, type: A, ttl: 60, values: [192.0.2.1], writer: \"w "
                                         "\\\"1\\\" é\", comment: \"line\\nline\"}\n"
                                         "- {owner: b, type: A, ttl: 60, values: [192.0.2.1]}\n",
                                         ZoneFormat::kYaml);
  const Contents contents = exchange.ContentsOf(zone);
  for (const ZoneFormat format : kFormats) {
    const std::string again = exchange.Make("example.test", exchange.Export(zone, format), format);
    EXPECT_TRUE(exchange.ContentsOf(again).served == contents.served);
    EXPECT_EQ(exchange.ContentsOf(again).control == contents.control, format != ZoneFormat::kZoneFile);
    exchange.Delete(again);
  }
}

}  // namespace
}  // namespace quartet::tests
