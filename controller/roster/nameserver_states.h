// Entries that change a nameserver that is there: its addresses, its state, who takes its place.
//
//   ACTIVE <-> DRAINING -> RETIRED (for good, once it has no zones)
//
// A nameserver that is replaced is DRAINING, and an ACTIVE one has its stripe and slot: that is how it is known.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/roster/roster.h"
#include "controller/sequencer/proposal.h"
#include "quartet/stored/v1/zone.pb.h"

namespace quartet::controller {

// Errors are those of NameserverService (proto/quartet/admin/v1/nameserver.proto). Where it is so already, the plan is empty.

absl::StatusOr<Plan> PlanAddresses(const PlanContext& context, const std::string& id,
                                   const std::vector<std::string>& addresses);

absl::StatusOr<Plan> PlanNameserverState(const PlanContext& context, const std::string& id,
                                         stored::v1::NameserverState state);

struct Replacement {
  std::string old_id;
  std::string id;
  // 4 or 16 bytes each.
  std::vector<std::string> addresses;
};
absl::StatusOr<Plan> PlanReplacement(const PlanContext& context, const Replacement& replacement);

// The ACTIVE nameserver in the same stripe and slot as `row`'s, which is another one; nullptr: there is none.
const stored::v1::NameserverRow* ReplacementOf(const Roster& roster, const stored::v1::NameserverRow& row);

}  // namespace quartet::controller
