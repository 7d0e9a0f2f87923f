// Deleted zones brought back.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/sequencer/proposal.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// The zone that UndeleteZoneRequest.zone means: by id whatever its state (PlanUndeletion judges it), by domain name the one
// that is deleted, or the one that is there. NOT_FOUND: none of that name is left; FAILED_PRECONDITION: several are.
absl::StatusOr<stored::v1::ZoneRow> FindForUndeletion(const store::Reader& snapshot, absl::string_view name);

// The zone as it was deleted, with its nameservers; its revision goes on. FAILED_PRECONDITION: it is not deleted, a nameserver
// of it has gone, or another zone has one that it must not share (controller/assignment/set_rules.h).
absl::StatusOr<Plan> PlanUndeletion(const PlanContext& context, const std::string& zone_id);

}  // namespace quartet::controller
