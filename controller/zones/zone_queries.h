// Zones and record sets as the admin API shows them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/roster/roster.h"
#include "quartet/admin/v1/record_set.pb.h"
#include "quartet/admin/v1/zone.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Pass a snapshot: each reads more than once. Errors are those of ZoneService and RecordSetService.

admin::v1::Zone ZoneMessage(const stored::v1::ZoneRow& row, const Roster& roster);
// The same, with its nameservers as `reader` has them.
absl::StatusOr<admin::v1::Zone> ReadZoneMessage(const store::Reader& reader, const stored::v1::ZoneRow& row);

// "zones/" and an id or a domain name. An id finds a deleted zone too; a name finds the zone that is there,
// or, if there is none, the one deleted last: a request that was answered already may be asked again.
absl::StatusOr<stored::v1::ZoneRow> FindZone(const store::Reader& reader, absl::string_view name);

// NOT_FOUND where FindZone finds a deleted one.
absl::StatusOr<stored::v1::ZoneRow> FindActiveZone(const store::Reader& reader, absl::string_view name);

absl::StatusOr<admin::v1::ListZonesResponse> ListZones(const store::Reader& reader,
                                                       const admin::v1::ListZonesRequest& request);
absl::StatusOr<admin::v1::ListRecordSetsResponse> ListRecordSets(
    const store::Reader& reader, const admin::v1::ListRecordSetsRequest& request);

}  // namespace quartet::controller
