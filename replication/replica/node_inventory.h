// The controller's list of a nameserver's zones, held against those of a replica.
#pragma once

#include <string>
#include <vector>

#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/node_zone.h"

namespace quartet::replication {

// Takes the rows part by part, in order of their ids, and keeps only what differs. `zones` must outlive it
// and not change while it is used.
class NodeInventory {
 public:
  NodeInventory(const NodeZones& zones, uint64_t epoch)
      : zones_(&zones), epoch_(epoch), next_(zones.begin()) {}

  // Precondition: ids ascend, and the rows have names.
  void Add(const stored::v1::NodeZoneRow& row);

  struct Difference {
    // Zones that are not the nameserver's (any more).
    std::vector<std::string> gone;
    // To be fetched: unknown here, or of another revision or digest.
    std::vector<stored::v1::NodeZoneRow> differing;
    // As they should be, but not noted as such yet: BEHIND, or settled in another epoch.
    std::vector<std::string> settled;
  };
  // After the last row.
  Difference Finish() &&;

 private:
  const NodeZones* zones_;
  const uint64_t epoch_;
  NodeZones::const_iterator next_;
  Difference difference_;
};

}  // namespace quartet::replication
