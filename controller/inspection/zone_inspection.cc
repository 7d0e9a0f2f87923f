#include "controller/inspection/zone_inspection.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

constexpr size_t kStepBytes = 1 << 20;

}  // namespace

absl::StatusOr<ZoneInspection> InspectZone(const store::Store& store, const std::string& zone_id,
                                           const std::function<bool()>& go_on, Quarantine& quarantine) {
  const std::unique_ptr<store::Reader> snapshot = store.Snapshot();
  absl::StatusOr<std::optional<std::string>> row = snapshot->Get(replication::layout::Zone(zone_id));
  if (row.ok() && !row->has_value()) return absl::NotFoundError(absl::StrCat("there is no zone ", zone_id));
  ZoneInspection inspection;
  inspection.zone.zone_id = zone_id;
  if (absl::Status read = replication::ReadControllerZoneOnDisk(*snapshot, inspection.zone); !read.ok()) {
    inspection.fault = std::string(read.message());
  } else if (inspection.zone.generation != 0) {
    replication::ZoneCheck check(*snapshot, inspection.zone);
    do {
      if (!go_on()) return absl::CancelledError("the inspection was ended");
    } while (!check.Step(kStepBytes));
    inspection.fault = check.fault();
    inspection.served = check.served();
  }
  const replication::ZoneOnDisk& zone = inspection.zone;
  if (inspection.fault.empty()) {
    quarantine.Lift(zone_id, zone.generation);
  } else {
    quarantine.Put(zone_id, zone.generation, zone.revision, inspection.fault);
  }
  return inspection;
}

}  // namespace quartet::controller
