// What requests of the admin API have in common.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/zones/zone_founding.h"
#include "dns/name/name.h"
#include "google/protobuf/message.h"

namespace quartet::controller {

inline constexpr size_t kMaxRequestId = 64;

absl::StatusOr<dns::Name> ReadDomain(absl::string_view text);

// INVALID_ARGUMENT: no name that a hosted zone may have, or account or comment too long, or no name of a delegation set
// ("delegationSets/NAME", or empty).
absl::StatusOr<ZoneToBe> ReadNewZone(const std::string& domain_name, const std::string& account,
                                     const std::string& comment, const std::string& delegation_set);

// "delegationSets/NAME" -> "NAME"; empty stays so, which asks for no set in particular.
absl::StatusOr<std::string> ReadDelegationSetName(absl::string_view name);

// The same body of the same call has the same hash.
std::string HashOf(absl::string_view call, const google::protobuf::Message& request);

}  // namespace quartet::controller
