// Real zones, whole, where QUARTET_TEST_DATA names a directory that has them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "absl/strings/match.h"
#include "tests/transfer/exchange.h"

namespace quartet::tests {
namespace {

namespace v1 = admin::v1;
using admin::ZoneFormat;

// Empty if there is none.
std::string ReadTestData(const std::string& name) {
  const char* directory = std::getenv("QUARTET_TEST_DATA");
  if (directory == nullptr) return "";
  std::ifstream file(std::string(directory) + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void ExpectRoundTrips(Exchange& exchange, const std::string& domain, const std::string& zone) {
  const Contents contents = exchange.ContentsOf(zone);
  for (const ZoneFormat format : {ZoneFormat::kZoneFile, ZoneFormat::kYaml, ZoneFormat::kJson}) {
    const std::string again = exchange.Make(domain, exchange.Export(zone, format), format);
    EXPECT_TRUE(exchange.ContentsOf(again) == contents);
    exchange.Delete(again);
  }
}

TEST(RealZones, JsOrgWhole) {
  const std::string text = ReadTestData("js.org.zone");
  if (text.empty()) GTEST_SKIP() << "QUARTET_TEST_DATA has no js.org.zone";
  Exchange exchange;
  const std::string zone = exchange.Make("js.org", text);
  EXPECT_GT(exchange.ContentsOf(zone).record_sets, 3914u);
  ExpectRoundTrips(exchange, "js.org", zone);
}

TEST(RealZones, TheRootOf2018ButForWhatASignerMade) {
  const std::string text = ReadTestData("root-2018.zone");
  if (text.empty()) GTEST_SKIP() << "QUARTET_TEST_DATA has no root-2018.zone";
  Exchange exchange;
  v1::ImportStart start;
  start.mutable_new_zone()->set_domain_name(".");
  const auto refused = exchange.Import(start, text, ZoneFormat::kZoneFile);
  EXPECT_TRUE(absl::IsInvalidArgument(refused.status())) << refused.status();
  EXPECT_TRUE(absl::StrContains(refused.status().message(), "--skip-unsupported")) << refused.status();
  start.set_skip_unsupported(true);
  const auto made = exchange.Import(start, text, ZoneFormat::kZoneFile);
  ASSERT_TRUE(made.ok()) << made.status();
  std::map<std::string, uint64_t> skipped;
  for (const v1::SkippedRecords& records : made->skipped()) skipped[records.type()] = records.records();
  EXPECT_EQ(skipped["NSEC"], 1545u);
  EXPECT_EQ(skipped["DNSKEY"], 3u);
  EXPECT_EQ(skipped.size(), 2u);
  ExpectRoundTrips(exchange, ".", made->zone().name());
}

}  // namespace
}  // namespace quartet::tests
