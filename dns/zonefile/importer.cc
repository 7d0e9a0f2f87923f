#include "dns/zonefile/importer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/zonefile/set_collector.h"

namespace quartet::dns {
namespace {

// Gathers the records into sets, and tells what is wrong between them as it comes.
class Gatherer : public RecordSink {
 public:
  Gatherer(FaultLog* faults, FaultLog* warnings) : faults_(faults), warnings_(warnings) {}

  bool Take(const Name& owner, uint32_t ttl, RecordData data, Place place) override {
    const Type type = data.type();
    const SetCollector::Added added = collector_.Add(owner, ttl, std::move(data), place);
    if (added.duplicate) {
      WarnOfDuplicate(warnings_, place, owner, type);
    } else if (type == Type::kSoa && added.before > 0) {
      AddSecondSoa(faults_, place, owner);
    }
    if (added.other_ttl) WarnOfTtl(warnings_, place, owner, type);
    return true;
  }

  SetCollector& collector() { return collector_; }

 private:
  FaultLog* faults_;
  FaultLog* warnings_;
  SetCollector collector_;
};

void Distribute(std::vector<RecordSet> sets, const std::vector<Place>& places, const Name& apex,
                ImportResult& result) {
  for (size_t i = 0; i < sets.size(); ++i) {
    RecordSet& set = sets[i];
    const bool at_apex = set.owner() == apex;
    if (at_apex && set.type() == Type::kSoa) {
      result.soa = std::move(set);
    } else if (at_apex && set.type() == Type::kNs) {
      result.apex_ns = std::move(set);
    } else {
      result.record_sets.push_back(std::move(set));
      result.places.push_back(places[i]);
    }
  }
}

}  // namespace

ImportResult Import(absl::string_view text, const ImportOptions& options) {
  FaultLog faults(options.file_name, options.max_faults);
  FaultLog warnings(options.file_name, options.max_faults);
  Gatherer gatherer(&faults, &warnings);
  if (text.size() > kMaxZoneFile) {
    faults.Add({1, 1}, "file-too-large",
               absl::StrCat("a file of ", text.size(), " octets; ", kMaxZoneFile, " is the most"));
  } else {
    ZoneReader reader(text, options, gatherer, &faults, &warnings);
    while (reader.Step()) {
    }
  }
  std::vector<Place> places;
  std::vector<RecordSet> sets = gatherer.collector().Finish(&faults, &places);
  ImportResult result;
  result.total = faults.total();
  result.faults = faults.Take();
  result.total_warnings = warnings.total();
  result.warnings = warnings.Take();
  if (result.ok()) Distribute(std::move(sets), places, options.apex, result);
  return result;
}

}  // namespace quartet::dns
