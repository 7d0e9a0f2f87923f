// Any bytes as a zone file: faults have their places; what imports is exported and imported back the same.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "dns/base/check.h"
#include "dns/zonefile/exporter.h"
#include "dns/zonefile/importer.h"

namespace quartet::dns {
namespace {

// So that a $GENERATE doesn't take all the time.
constexpr uint32_t kMaxRecords = 2000;

ImportOptions Options() {
  ImportOptions options;
  options.apex = Name::Parse("example.com.").value();
  options.max_records = kMaxRecords;
  return options;
}

void CheckPlaces(const std::vector<Fault>& faults, uint32_t lines, absl::string_view text) {
  for (const Fault& fault : faults) {
    QUARTET_CHECK(fault.line >= 1 && fault.line <= lines);
    QUARTET_CHECK(fault.column >= 1 && fault.column <= text.size() + 1);
    QUARTET_CHECK(!fault.rule.empty() && !fault.message.empty());
  }
}

std::vector<RecordSet> AllSets(const ImportResult& result) {
  std::vector<RecordSet> sets = result.record_sets;
  if (result.soa) sets.push_back(*result.soa);
  if (result.apex_ns) sets.push_back(*result.apex_ns);
  return sets;
}

void CheckImport(absl::string_view text) {
  const ImportOptions options = Options();
  const ImportResult result = Import(text, options);
  const auto lines = static_cast<uint32_t>(1 + std::count(text.begin(), text.end(), '\n'));
  CheckPlaces(result.faults, lines, text);
  CheckPlaces(result.warnings, lines, text);
  QUARTET_CHECK(result.ok() == result.faults.empty());
  const std::vector<RecordSet> sets = AllSets(result);
  if (!result.ok()) {
    QUARTET_CHECK(sets.empty());
    return;
  }
  const std::string exported = Export(options.apex, sets);
  const ImportResult again = Import(exported, options);
  QUARTET_CHECK(again.ok());
  const std::vector<RecordSet> sets_again = AllSets(again);
  QUARTET_CHECK(sets_again.size() == sets.size());
  QUARTET_CHECK(Export(options.apex, sets_again) == exported);
}

}  // namespace
}  // namespace quartet::dns

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  quartet::dns::CheckImport({reinterpret_cast<const char*>(data), size});
  return 0;
}
