#include "controller/verify/own_repair.h"

#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "replication/base/log.h"
#include "replication/replica/layout.h"
#include "replication/replica/zone_on_disk.h"

namespace quartet::controller {
namespace {

namespace layout = replication::layout;
using replication::v1::ReportPart;

constexpr size_t kContentBytes = 64 << 20;
constexpr size_t kStepBytes = 1 << 20;
constexpr std::chrono::seconds kMost(600);
constexpr std::chrono::seconds kSilence(30);

// What one node holds, against this controller's copy in one snapshot.
class Listener : public NodeReports::Listener {
 public:
  Listener(const VerifyContext& context, const store::Reader& snapshot, const replication::ZoneOnDisk& zone)
      : context_(context),
        zone_(zone),
        comparison_(snapshot, zone,
                    {.kept = std::numeric_limits<size_t>::max(), .content_bytes = kContentBytes}) {}

  absl::Status OnPart(const std::string&, const ReportPart& part) override {
    for (const auto& zone : part.zones()) {
      if (zone.epoch() != context_.epoch || zone.revision() != zone_.revision ||
          zone.digest() != zone_.parts[0].digest.ToBytes()) {
        return absl::FailedPreconditionError("it has not this revision, or with another digest");
      }
    }
    for (const auto& record : part.records()) {
      if (absl::Status status = comparison_.Take(record); !status.ok()) return status;
    }
    return absl::OkStatus();
  }
  void OnEnd(const std::string&, const absl::Status& status) override {
    status_ = status.ok() ? comparison_.Finish() : status;
    if (!status_.ok()) return;
    if (comparison_.record_sets() != zone_.record_sets || !(comparison_.digest() == zone_.parts[0].digest))
      status_ = absl::FailedPreconditionError("its copy is not what the log says either");
  }

  const absl::Status& status() const { return status_; }
  const RecordSetComparison& comparison() const { return comparison_; }

 private:
  const VerifyContext& context_;
  const replication::ZoneOnDisk& zone_;
  RecordSetComparison comparison_;
  absl::Status status_ = absl::UnknownError("it was not asked");
};

// Appends what makes the copy here that of the node.
void PutDifferences(store::Overlay& out, const replication::ZoneOnDisk& zone,
                    const RecordSetComparison& comparison) {
  for (const RecordSetComparison::Difference& difference : comparison.differences()) {
    const std::string key = layout::Record(zone.zone_id, zone.generation, difference.key);
    if (difference.kind != RecordSetComparison::Difference::Kind::kMissing) {
      out.Put(key, difference.served);
      continue;
    }
    out.Delete(key);
    out.Delete(layout::Control(zone.zone_id, zone.generation, difference.key));
  }
}

absl::Status CheckWhole(const store::Reader& reader, const replication::ZoneOnDisk& zone) {
  replication::ZoneCheck check(reader, zone);
  while (!check.Step(kStepBytes)) continue;
  if (check.fault().empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "a node's copy does not make it right (", check.fault(),
      "): nodes have no control parts; restore the controller from a backup, or delete the zone and "
      "make it anew"));
}

// The write itself. FAILED_PRECONDITION: the zone has moved on.
absl::Status Write(const VerifyContext& context, const store::Reader& snapshot,
                   const replication::ZoneOnDisk& zone, const RecordSetComparison& comparison) {
  store::Batch batch;
  store::Overlay out(snapshot, batch);
  PutDifferences(out, zone, comparison);
  if (absl::Status right = CheckWhole(out, zone); !right.ok()) return right;
  replication::ZoneOnDisk now;
  now.zone_id = zone.zone_id;
  if (absl::Status read = replication::ReadControllerZoneOnDisk(context.store, now); !read.ok()) return read;
  if (now.revision != zone.revision || now.generation != zone.generation)
    return absl::FailedPreconditionError("the zone has moved on meanwhile; try again");
  return context.store.Write(batch, store::Store::Sync::kYes);
}

}  // namespace

OwnRepair RepairOwnZone(const VerifyContext& context, const std::string& zone_id,
                        const std::vector<std::string>& nodes) {
  OwnRepair repair;
  const std::unique_ptr<store::Reader> snapshot = context.store.Snapshot();
  replication::ZoneOnDisk zone;
  zone.zone_id = zone_id;
  repair.status = replication::ReadControllerZoneOnDisk(*snapshot, zone);
  if (!repair.status.ok()) return repair;
  std::string reasons;
  for (const std::string& node : nodes) {
    if (context.given_up()) break;
    Listener listener(context, *snapshot, zone);
    context.reports.Collect({.zone_id = zone_id, .depth = replication::v1::DEPTH_CONTENTS}, {node},
                            context.Patience(kMost, kSilence), listener);
    repair.status = listener.status();
    if (repair.status.ok()) repair.status = Write(context, *snapshot, zone, listener.comparison());
    if (repair.status.ok()) {
      repair.source = node;
      repair.record_sets = listener.comparison().differences();
      repair.record_sets_total = listener.comparison().total();
      context.quarantine.Lift(zone_id, zone.generation);
      LogWarning("zone {} was repaired here from node {}: {} record sets differed", zone_id, node,
                 repair.record_sets_total);
      return repair;
    }
    absl::StrAppend(&reasons, reasons.empty() ? "" : "; ", node, ": ", repair.status.message());
  }
  repair.status =
      absl::FailedPreconditionError(reasons.empty() ? "no node of it is connected"
                                                    : absl::StrCat("no node can be taken for it: ", reasons));
  return repair;
}

}  // namespace quartet::controller
