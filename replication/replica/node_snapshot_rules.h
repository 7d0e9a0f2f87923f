// When a snapshot may take a zone's place on a node: repair must not destroy.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/node_zone.h"
#include "replication/store/store.h"

namespace quartet::replication {

enum class Replacement {
  kUpdate,  // newer, of a later epoch, or nothing is being served
  kSame,    // what is stored should be the same: the copy on disk is damaged, or it was not known to be right
  kRepair,  // same epoch and revision, another digest, in place of what is being served: limited
};

// In a later epoch than the zone was settled in, any revision may replace it: the restored state wins. Within
// one epoch the snapshot must not be older: FAILED_PRECONDITION says so.
absl::StatusOr<Replacement> JudgeReplacement(const NodeZone& zone, const stored::v1::NodeZoneRow& snapshot,
                                             uint64_t epoch);

// A repair that replaces the record sets under generation `zone.generation` by those under `staged` must not
// remove over 30 % of them. RESOURCE_EXHAUSTED says how many it would. Reads the keys of both once; where the
// zone's own can't be read, the counts of the rows decide.
absl::Status CheckRemoved(const store::Reader& reader, const NodeZone& zone, uint64_t staged,
                          const stored::v1::NodeZoneRow& snapshot);

}  // namespace quartet::replication
