// The zones of the stripes' domains, in which the nameservers' names lie.
//
// Each holds SOA, NS and the addresses of its stripe's nameservers, as NAME.DOMAIN. Its own four nameservers are of all four
// stripes, so its NS names them in its own domain, NAME.DOMAIN too, with their addresses: were they named in theirs, the
// stripes' domains would depend on each other, and a resolver with none of them in its cache could find none.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "controller/assignment/four.h"
#include "controller/roster/roster.h"
#include "controller/sequencer/proposal.h"
#include "dns/name/name.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Seconds that a nameserver's address lives in caches.
inline constexpr uint32_t kAddressTtl = 3600;

// What the NS of this zone call a nameserver: its host name, but in the zone of a stripe's domain.
absl::StatusOr<dns::Name> NameInZone(const stored::v1::ZoneRow& zone,
                                     const stored::v1::NameserverRow& nameserver);

// The zone of the stripe's domain that the system made; nullopt: there is none.
absl::StatusOr<std::optional<stored::v1::ZoneRow>> FindStripeZone(const store::Reader& view,
                                                                  const std::string& stripe,
                                                                  const dns::Name& domain);

// Makes the stripe's zone, or changes what of it is not as it should be. Empty: all is, or there are stripes without a domain
// or a nameserver that takes zones. Errors: as FoundZone.
absl::StatusOr<Plan> PlanStripeZone(const PlanContext& context, const std::string& stripe,
                                    const UsageFn& usage);

// The zone of a stripe, which is there, as `row` has its nameservers and their states. Empty: it is so.
absl::StatusOr<Plan> PlanStripeRecords(const PlanContext& context, const Roster& roster,
                                       const stored::v1::ZoneRow& row);

}  // namespace quartet::controller
