// What a batch demands of the zone it is for, and the guards it asks to pass.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/zones/faults.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/zone_edit.h"
#include "google/protobuf/repeated_field.h"
#include "quartet/admin/v1/record_set.pb.h"
#include "quartet/stored/v1/zone.pb.h"

namespace quartet::controller {

// Guards by name: ChangeRecordSetsRequest.allow.
struct Allowed {
  bool mass_deletion = false;
};
// INVALID_ARGUMENT: no guard is called so.
absl::StatusOr<Allowed> ReadAllowed(const google::protobuf::RepeatedPtrField<std::string>& names);

struct BatchConditions {
  // 0: whatever it is.
  uint64_t if_revision = 0;
  // Empty: anybody's record sets.
  std::string only_writer;
  Allowed allowed;
};
// INVALID_ARGUMENT: as ReadAllowed, or no writer can be called so.
absl::StatusOr<BatchConditions> ReadConditions(const admin::v1::ChangeRecordSetsRequest& request);

// ABORTED: the zone is at another revision.
absl::Status CheckRevision(const stored::v1::ZoneRow& row, uint64_t if_revision);

// "other-writer": of an edit that touches what is another writer's, or would make it so.
absl::Status CheckWriter(const ZoneEdit& zone, const RecordSetEdit& edit, const std::string& only_writer,
                         FaultList& faults);

// "mass-deletion": a source that came up empty shall not empty the zone. `removed` of the `record_sets` it holds, its own
// two included.
void CheckDeletions(uint64_t removed, uint64_t record_sets, const Allowed& allowed, FaultList& faults);

}  // namespace quartet::controller
