// A zone that the controller holds damaged, made right from a node's copy.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "controller/verify/context.h"
#include "controller/verify/record_set_comparison.h"

namespace quartet::controller {

struct OwnRepair {
  // Not OK: nothing was changed, and why.
  absl::Status status;
  // The node it was taken from.
  std::string source;
  // In what this controller's copy differed from the node's (kMissing: the controller had it and should not).
  std::vector<RecordSetComparison::Difference> record_sets;
  uint64_t record_sets_total = 0;
};

// Asks `nodes`, one after the other, for what their copies hold (DEPTH_CONTENTS), and takes the first that makes this
// controller's copy just what its row, and so the log, says: record count and both digests, over what would be stored.
// So no node need be believed. Only record sets that differ are written, in one synced write. Nodes don't have control
// parts (writer, comment): where those are damaged too, there is nothing to take. 64 MiB of differences at most.
//
// Precondition: the zone is in quarantine, so that no change to it is taken meanwhile.
OwnRepair RepairOwnZone(const VerifyContext& context, const std::string& zone_id,
                        const std::vector<std::string>& nodes);

}  // namespace quartet::controller
