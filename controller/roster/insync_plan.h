// The entries that log what the tracker found, checked once more at their place in the order.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/roster/insync_tracker.h"
#include "controller/sequencer/proposal.h"

namespace quartet::controller {

// Of `results`, what holds under roster and zones in flight: one InsyncEffect and the nodes' effects. The
// caller guards the tracker. May be empty.
absl::StatusOr<Plan> PlanResults(const PlanContext& context, InsyncTracker& tracker,
                                 const InsyncTracker::Results& results);

// A change as the tracker wants it; `zone` is its zone's row now.
TrackedChange Tracked(const stored::v1::ChangeRow& change, const stored::v1::ZoneRow& zone);

// A logged change as the tracker wants it: its targets are those its zone has now.
absl::StatusOr<TrackedChange> ReadTracked(const store::Reader& reader, const stored::v1::ChangeRow& change);

}  // namespace quartet::controller
