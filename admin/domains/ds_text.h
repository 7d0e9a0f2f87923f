// DS records and DNSKEYs as people give them: their record data, as zone files have it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "quartet/admin/v1/domain.pb.h"

namespace quartet::admin {

// "12345 13 2 49FD46E6…" (RFC 4034 §5.3); INVALID_ARGUMENT: it is none.
absl::StatusOr<v1::DomainDs> ParseDs(absl::string_view text);
// "257 3 13 mdsswUyr3DPW…" (RFC 4034 §2.2).
absl::StatusOr<v1::DomainDs> ParseKey(absl::string_view text);

// What it was parsed from, in one form.
std::string DsText(const v1::DomainDs& ds);

}  // namespace quartet::admin
