// When a snapshot may take a zone's place on a node: repair must not destroy.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/node_zone.h"

namespace quartet::replication {

// In a later epoch than the zone was settled in, any revision may: the restored state wins. Within one epoch
// the snapshot must not be older, and one of the same revision must not remove over 30 % of the record sets
// of a zone that is being served. FAILED_PRECONDITION says why not.
absl::Status MayReplace(const NodeZone& zone, const stored::v1::NodeZoneRow& snapshot, uint64_t epoch);

}  // namespace quartet::replication
