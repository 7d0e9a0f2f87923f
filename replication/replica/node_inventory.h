// The controller's list of a nameserver's zones, held against those of a replica.
#pragma once

#include <string>
#include <vector>

#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/node_zones.h"

namespace quartet::replication {

// Takes the rows part by part, in order of their ids, and keeps only what differs. `zones` must outlive it, and may
// change between TakeDiffering and the next Add, and after Finish: those that differ may be put in.
class NodeInventory {
 public:
  NodeInventory(const NodeZones& zones, uint64_t epoch)
      : zones_(&zones), epoch_(epoch), next_(zones.begin()) {}

  // Precondition: ids ascend, and the rows have names.
  void Add(const stored::v1::NodeZoneRow& row);
  // Of the rows since the last call those to be fetched: unknown here, or of another revision or digest.
  std::vector<stored::v1::NodeZoneRow> TakeDiffering();

  struct Difference {
    // Zones that are not the nameserver's (any more).
    std::vector<std::string> gone;
    // As they should be, but not noted as such yet: BEHIND, or settled in another epoch.
    std::vector<std::string> settled;
  };
  // After the last row. Rows that differ are still to be taken.
  Difference Finish();

 private:
  // next_ again, where the zones may have changed.
  void Seek();

  const NodeZones* zones_;
  const uint64_t epoch_;
  // The first zone behind last_id_.
  NodeZones::Iterator next_;
  std::string last_id_;
  bool changed_ = false;
  std::vector<stored::v1::NodeZoneRow> differing_;
  Difference difference_;
};

}  // namespace quartet::replication
