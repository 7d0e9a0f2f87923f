// DS records and keys of requests, as rows have them.
#pragma once

#include "absl/status/status.h"
#include "controller/registrar/registries/registry_config.h"
#include "google/protobuf/repeated_field.h"
#include "quartet/admin/v1/domain.pb.h"
#include "quartet/stored/v1/domain.pb.h"

namespace quartet::controller {

// Adds them to `rows`. INVALID_ARGUMENT: one is no DS record (RFC 4034 §5.1), or not of the sort that the registry takes; there are
// more than 16.
absl::Status ReadDsRecords(const google::protobuf::RepeatedPtrField<admin::v1::DomainDs>& records,
                           const RegistryConfig& registry,
                           google::protobuf::RepeatedPtrField<stored::v1::DomainDsRow>& rows);

}  // namespace quartet::controller
