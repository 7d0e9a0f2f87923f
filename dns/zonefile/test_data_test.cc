// Real zones, where QUARTET_TEST_DATA names a directory that has them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "dns/zonefile/exporter.h"
#include "dns/zonefile/importer.h"

namespace quartet::dns {
namespace {

// Empty if there is none.
std::string ReadTestData(const std::string& name) {
  const char* directory = std::getenv("QUARTET_TEST_DATA");
  if (directory == nullptr) return "";
  std::ifstream file(std::string(directory) + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::map<std::string, size_t> RecordsByType(const ImportResult& result) {
  std::map<std::string, size_t> count;
  for (const RecordSet& set : result.record_sets) count[TypeName(set.type())] += set.records().size();
  return count;
}

void ExpectExportImportsBack(const ImportResult& result, const ImportOptions& options) {
  const std::string text = Export(options.apex, result.record_sets);
  const ImportResult again = Import(text, options);
  ASSERT_TRUE(again.ok()) << again.faults[0].message;
  EXPECT_EQ(again.record_sets.size(), result.record_sets.size());
  EXPECT_EQ(Export(options.apex, again.record_sets), text);
}

TEST(TestData, ImportsJsOrg) {
  const std::string text = ReadTestData("js.org.zone");
  if (text.empty()) GTEST_SKIP() << "QUARTET_TEST_DATA has no js.org.zone";
  ImportOptions options;
  options.apex = Name::Parse("js.org.").value();
  const ImportResult result = Import(text, options);
  ASSERT_TRUE(result.ok()) << result.faults[0].line << ": " << result.faults[0].message;
  EXPECT_EQ(RecordsByType(result)["CNAME"], 3914);
  ASSERT_TRUE(result.soa.has_value());
  EXPECT_EQ(result.soa->ttl(), 900);
  ASSERT_TRUE(result.apex_ns.has_value());
  EXPECT_EQ(result.apex_ns->records().size(), 2);
  EXPECT_EQ(result.total_warnings, 0) << result.warnings[0].message;
  ExpectExportImportsBack(result, options);
}

TEST(TestData, ImportsTheRoot) {
  const std::string text = ReadTestData("root-2018.zone");
  if (text.empty()) GTEST_SKIP() << "QUARTET_TEST_DATA has no root-2018.zone";
  ImportOptions options;
  const ImportResult result = Import(text, options);
  ASSERT_TRUE(result.ok()) << result.faults[0].line << ": " << result.faults[0].message;
  std::map<std::string, size_t> count = RecordsByType(result);
  EXPECT_EQ(count["A"], 4227);
  EXPECT_EQ(count["AAAA"], 3696);
  EXPECT_EQ(count["DS"], 2775);
  EXPECT_EQ(count["NSEC"], 1545);
  EXPECT_EQ(count["DNSKEY"], 3);
  ASSERT_TRUE(result.apex_ns.has_value());
  EXPECT_EQ(count["NS"] + result.apex_ns->records().size(), 7350);
  EXPECT_TRUE(result.soa.has_value());
  ExpectExportImportsBack(result, options);
}

}  // namespace
}  // namespace quartet::dns
