// Entries that make, change and delete zones.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/sequencer/proposal.h"
#include "controller/zones/batch_conditions.h"
#include "controller/zones/batch_warnings.h"
#include "controller/zones/faults.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/zone_founding.h"
#include "dns/name/name.h"

namespace quartet::controller {

struct NewZone {
  dns::Name name;
  std::string account;
  std::string comment;
  // Without SOA and apex NS.
  std::vector<RecordSetEdit> record_sets;
  // What faults call the zone file that they are from, if they are from one.
  std::string file_name = {};
  // As ZoneToBe::delegation_set.
  std::string delegation_set = {};
};
// FAILED_PRECONDITION: no delegation set (without faults), or the record sets break a rule (with faults).
absl::StatusOr<Plan> PlanNewZone(const PlanContext& context, const NewZone& zone, const UsageFn& usage);

// FAILED_PRECONDITION "zone-not-empty"; NOT_FOUND: it is not there (any more).
absl::StatusOr<Plan> PlanZoneDeletion(const PlanContext& context, const std::string& zone_id, bool force);

// All or nothing, all faults ("exists", "not-found", "differs", those of batch_conditions.h and the zone's rules), behind
// `form_faults`, those found in reading the edits. What looks like a slip in the zone as it will be is added to
// `warnings`, if there are any.
absl::StatusOr<Plan> PlanChanges(const PlanContext& context, const std::string& zone_id,
                                 const std::vector<RecordSetEdit>& edits,
                                 const BatchConditions& conditions = {}, Warnings* warnings = nullptr,
                                 const FaultList& form_faults = {});

}  // namespace quartet::controller
