// One zone of the controller's own replica, read back from its disk.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "controller/inspection/quarantine.h"
#include "replication/digest/digest.h"
#include "replication/replica/zone_on_disk.h"
#include "replication/store/store.h"

namespace quartet::controller {

struct ZoneInspection {
  // Its rows, as far as they could be read.
  replication::ZoneOnDisk zone;
  // Empty: it is what its row says.
  std::string fault;
  // Of its record sets as they were read back.
  replication::Digest served;
};

// Reads the zone whole from one snapshot, a MiB at a time; `go_on` is asked before each and may wait. NOT_FOUND: there is
// no such zone (any more); CANCELLED: `go_on` was false. Puts what is damaged into quarantine, and lets out what is not.
absl::StatusOr<ZoneInspection> InspectZone(const store::Store& store, const std::string& zone_id,
                                           const std::function<bool()>& go_on, Quarantine& quarantine);

}  // namespace quartet::controller
