// What looks like a slip in a batch that breaks no rule.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/zone_edit.h"
#include "google/protobuf/repeated_field.h"
#include "quartet/admin/v1/fault.pb.h"
#include "quartet/admin/v1/record_set.pb.h"

namespace quartet::controller {

using Warnings = google::protobuf::RepeatedPtrField<admin::v1::Fault>;

// "final-dot-missing" of the name `written`, which is completed with the zone's, in the record set of `owner` and `type`.
void WarnOfDot(absl::string_view owner, absl::string_view type, absl::string_view written,
               const dns::Name& apex, Warnings& warnings);

// "final-dot-missing": an owner or value that looks absolute and is completed with the zone's name. As they were written.
void WarnOfDots(const google::protobuf::RepeatedPtrField<admin::v1::RecordSetChange>& changes,
                const dns::Name& apex, Warnings& warnings);

// "target-is-alias": NS and MX whose target is a CNAME of the zone as it will be (RFC 2181 §10.3).
absl::Status WarnOfAliases(const ZoneEdit& zone, const std::vector<RecordSetEdit>& edits, Warnings& warnings);

}  // namespace quartet::controller
