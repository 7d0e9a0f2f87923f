#include "controller/verify/context.h"

#include "controller/zones/zone_edit.h"
#include "replication/feed/entry_filter.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {

absl::StatusOr<std::optional<stored::v1::NodeZoneRow>> ExpectedZone(const store::Reader& reader,
                                                                    const std::string& zone_id,
                                                                    const std::string& nameserver) {
  absl::StatusOr<std::optional<stored::v1::ZoneRow>> row = replication::FullView(reader).Zone(zone_id);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<stored::v1::NodeZoneRow>();
  return replication::NodeRowFor(**row, nameserver);
}

absl::Status CheckPage(const VerifyContext& context, const replication::v1::ReportPart& part) {
  if (part.part() > 0) return absl::OkStatus();
  if (!part.has_cursor()) return absl::FailedPreconditionError("it has not been filled yet");
  if (part.cursor().epoch() != context.epoch) return absl::FailedPreconditionError("it is of another epoch");
  return absl::OkStatus();
}

std::string ZoneName(const store::Reader& reader, const std::string& zone_id) {
  const auto row = replication::FullView(reader).Zone(zone_id);
  if (!row.ok() || !row->has_value()) return zone_id;
  const absl::StatusOr<dns::Name> apex = ApexOf(**row);
  return apex.ok() ? apex->ToString() : zone_id;
}

}  // namespace quartet::controller
