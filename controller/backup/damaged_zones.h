// Zones of a controller's replica whose record sets are not what their rows say.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "quartet/stored/v1/restore.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

struct DamagedZones {
  // Looked at, with their record sets.
  uint64_t zones = 0;
  uint64_t record_sets = 0;
  uint64_t damaged = 0;
  // The first hundred.
  std::vector<stored::v1::DamagedZone> first;
};

// Reads all record sets of all zones, deleted ones too, and compares both digests and the count of each with its row. Nodes are never sent a
// zone that differs (ZoneSender). DATA_LOSS: rows can't be read, so that no list is whole.
absl::StatusOr<DamagedZones> FindDamagedZones(const store::Reader& replica);

}  // namespace quartet::controller
