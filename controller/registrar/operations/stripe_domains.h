// The stripes' domains, in which the nameservers' names lie.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/registrar/operations/delegation.h"
#include "replication/store/store.h"

namespace quartet::controller {

struct StripeDomain {
  // "a" to "d".
  std::string stripe;
  // As rows of domains have it.
  std::string domain;
};
// Those that are set, in order of their stripes. DATA_LOSS.
absl::StatusOr<std::vector<StripeDomain>> StripeDomainsOf(const store::Reader& reader);

// The names in a stripe's domain whose addresses a registry may have to know, with those: its nameservers', and those that its
// zone, if there is one, calls its own nameservers by. Sorted by name.
absl::StatusOr<std::vector<DelegatedTo>> NamesInStripeDomain(const store::Reader& reader,
                                                             const StripeDomain& stripe);

// The id of the zone of the stripe's domain; empty: there is none yet.
absl::StatusOr<std::string> ZoneOfStripeDomain(const store::Reader& reader, const StripeDomain& stripe);

}  // namespace quartet::controller
