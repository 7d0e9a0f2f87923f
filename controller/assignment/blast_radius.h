// What the loss of some nodes, nameservers or regions would mean to the zones.
#pragma once

#include "absl/status/statusor.h"
#include "quartet/admin/v1/delegation.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// GetBlastRadius (proto/quartet/admin/v1/delegation.proto). Reads the row of every zone, once, and keeps none: memory is that
// of the examples.
absl::StatusOr<admin::v1::BlastRadius> BlastRadiusOf(const store::Reader& reader,
                                                     const admin::v1::GetBlastRadiusRequest& request);

}  // namespace quartet::controller
