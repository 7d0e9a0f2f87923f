#include "controller/imports/import_check.h"

#include <optional>
#include <utility>

#include "controller/zones/zone_rules_in_order.h"
#include "replication/record/record_key.h"

namespace quartet::controller {
namespace {

using What = MergedSet::What;

// Collects what differs, as long as it fits an entry.
class Collector {
 public:
  Collector(const EntryLimits& limits, ImportDifference& out) : limits_(limits), out_(out) {}

  void Take(const MergedSet& set) {
    if (set.what != What::kRemoved && set.what != What::kOwn) ++out_.record_sets;
    if (set.what == What::kAdded) ++out_.added;
    if (set.what == What::kChanged) ++out_.changed;
    if (set.what == What::kRemoved) ++out_.removed;
    if (out_.staged || set.what == What::kSame || set.what == What::kKept || set.what == What::kOwn) return;
    bytes_ += set.key.size() + set.served.size() + set.control.size();
    if (out_.edits() > limits_.edits || bytes_ > limits_.bytes) return GiveUp();
    if (set.what == What::kRemoved) {
      *out_.removed_keys.Add() = std::string(set.key);
      return;
    }
    stored::v1::RecordPut& put = *out_.puts.Add();
    put.set_key(std::string(set.key));
    put.set_served(std::string(set.served));
    put.set_control(std::string(set.control));
  }

 private:
  void GiveUp() {
    out_.staged = true;
    out_.removed_keys = {};
    out_.puts = {};
  }

  const EntryLimits limits_;
  ImportDifference& out_;
  size_t bytes_ = 0;
};

}  // namespace

absl::StatusOr<ImportDifference> CheckImport(MergedSets& merge, const dns::Name& apex,
                                             const std::string& file_name, const EntryLimits& limits,
                                             uint64_t total, FaultList& faults, Pulse& pulse) {
  ImportDifference difference;
  Collector collector(limits, difference);
  RulesInOrder rules(apex, file_name, faults);
  absl::StatusOr<bool> more = merge.Next();
  for (uint64_t done = 0; more.ok() && *more; more = merge.Next()) {
    const MergedSet& set = merge.set();
    if (absl::Status status = pulse.Beat(admin::v1::ImportProgress::PHASE_CHECKING, ++done, total);
        !status.ok()) {
      return status;
    }
    collector.Take(set);
    if (set.what == What::kRemoved) continue;
    const absl::StatusOr<replication::RecordKeyParts> parts = replication::SplitRecordKey(set.key);
    if (!parts.ok()) return absl::DataLossError("the replica holds a damaged record key");
    rules.Add(parts->owner_key, parts->type,
              set.in_file() ? std::optional<dns::Place>(set.place) : std::nullopt);
  }
  if (!more.ok()) return more.status();
  rules.Finish();
  return difference;
}

}  // namespace quartet::controller
