// The zone of a domain that is being registered.
#pragma once

#include "absl/status/status.h"
#include "controller/registrar/domains/operation_plans.h"
#include "controller/request_host.h"
#include "controller/sequencer/proposal.h"

namespace quartet::controller {

// What is in the way: zones of the wish's set can't be made, or several have the domain's name (FAILED_PRECONDITION); the zone
// that is wished for has gone (NOT_FOUND).
absl::Status AdoptOrMakeZone(RequestHost& host, const PlanContext& context, OperationRows rows, Plan& plan);

// Deletes the zone if this operation made it and nobody has changed it since.
absl::Status TakeZoneBack(const PlanContext& context, OperationRows rows, Plan& plan);

}  // namespace quartet::controller
