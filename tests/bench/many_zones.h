// A service of many zones, for benchmarks: made in the controller's database, without RPCs and without nodes.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace quartet::tests {

struct ManyZones {
  int zones = 10000;
  // Of each zone; its SOA and apex NS among them, so two at least.
  int record_sets = 18;
  // So many are made side by side, and share appends.
  int callers = 256;
};

// Makes zones (many_zones_name.h) in the service whose database is in `directory`, which must have nameservers of all four stripes. No
// controller may be running on it. Each zone is a change of its own, PENDING until the nodes have come.
absl::Status MakeManyZones(const std::string& directory, const ManyZones& wanted);

}  // namespace quartet::tests
