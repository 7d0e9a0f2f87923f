#include "replication/replica/node_snapshot_rules.h"

#include "absl/strings/str_cat.h"

namespace quartet::replication {

absl::Status MayReplace(const NodeZone& zone, const stored::v1::NodeZoneRow& snapshot, uint64_t epoch) {
  if (zone.generation == 0 || epoch > zone.epoch) return absl::OkStatus();
  const uint64_t revision = zone.row.revision();
  if (snapshot.revision() < revision) {
    return absl::FailedPreconditionError(absl::StrCat("the controller has revision ", snapshot.revision(),
                                                      ", older than ", revision, " here"));
  }
  if (snapshot.revision() > revision || zone.unloadable) return absl::OkStatus();
  if (snapshot.record_sets() * 10 < zone.row.record_sets() * 7) {
    return absl::FailedPreconditionError(absl::StrCat("repair of revision ", revision, " would remove ",
                                                      zone.row.record_sets() - snapshot.record_sets(), " of ",
                                                      zone.row.record_sets(), " record sets"));
  }
  return absl::OkStatus();
}

}  // namespace quartet::replication
