// Zones that the system makes and keeps: those of the stripes' domains.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// The stripe ("a" to "d") whose domain's zone it is; empty for a zone of a user's.
std::string StripeOfZone(const stored::v1::ZoneRow& row);
void SetStripeOfZone(const std::string& stripe, stored::v1::ZoneRow& row);

// FAILED_PRECONDITION "system-zone": it is none that users may change.
absl::Status CheckNoSystemZone(const stored::v1::ZoneRow& row);

// NOT_FOUND: there is no such zone, or none any more. One of the system's too.
absl::StatusOr<stored::v1::ZoneRow> AnyActiveZone(const store::Reader& view, const std::string& zone_id);

}  // namespace quartet::controller
