// The four nameservers of one zone: chosen, or asked for by name.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/assignment/delegation_set.h"
#include "controller/roster/roster.h"
#include "dns/name/name.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Ids of nameservers that are a delegation set, in stripe order.
using Four = std::array<std::string, kStripes>;

// Zones each nameserver has now, by its name. Only for balance: may be a little old.
using UsageFn = std::function<uint64_t(const std::string& nameserver)>;

// Nameservers that new zones may get: the ACTIVE ones.
Seats SeatsOf(const Roster& roster, const UsageFn& usage);

// Who a set is for: see ExcludedNameservers.
struct ZonePlace {
  dns::Name name;
  std::string account;
  // A zone that is there already, so that its own nameservers are not kept from it; else empty.
  std::string zone_id;
  // Kept from it for other reasons.
  std::set<std::string> not_these = {};
};

// Chooses by `draw` (ChooseSet's zone id) among the ACTIVE nameservers that the zone may have. FAILED_PRECONDITION: there is
// no such set; says what is missing.
absl::StatusOr<Four> ChooseFour(const store::Reader& view, const Roster& roster, const ZonePlace& zone,
                                absl::string_view draw, const UsageFn& usage);

// As ChooseFour, for no zone in particular.
absl::StatusOr<Four> ChooseAnyFour(const store::Reader& view, const Roster& roster, absl::string_view draw,
                                   const UsageFn& usage);

// Puts `nameservers` in stripe order. INVALID_ARGUMENT: not four different ones; NOT_FOUND; FAILED_PRECONDITION: one is not
// ACTIVE, or they are no delegation set.
absl::StatusOr<Four> CheckFour(const Roster& roster, const std::vector<std::string>& nameservers);

// FAILED_PRECONDITION: other zones of its name, above or below keep one of the four from it.
absl::Status CheckPlace(const store::Reader& view, const ZonePlace& zone, const Four& four);

}  // namespace quartet::controller
