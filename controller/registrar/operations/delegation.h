// The nameservers that a domain is delegated to, as its hosted zone has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/registrar/epp/domain.h"
#include "controller/registrar/registries/registry_config.h"
#include "controller/request_host.h"
#include "dns/name/name.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// One of them: host name (lower case, without a final dot) and addresses, in presentation format.
struct DelegatedTo {
  std::string nameserver;
  std::string host_name;
  std::vector<std::string> addresses;
};
// Those that serve the zone and are to: neither joining nor retiring. In stripe order, named as the zone's own NS do. DATA_LOSS.
absl::StatusOr<std::vector<DelegatedTo>> DelegationOf(const store::Reader& reader,
                                                      const stored::v1::ZoneRow& zone);
// The same as the registry wants them of `domain`: with glue where it takes it.
std::vector<epp::DomainHost> HostsFor(const RegistryConfig& registry, const std::string& domain,
                                      const std::vector<DelegatedTo>& delegation);
// As registries and rows of domains have it: lower case, without the final dot.
std::string HostNameOf(const dns::Name& name);
// Host names, sorted.
std::vector<std::string> HostNamesOf(const std::vector<DelegatedTo>& delegation);

// So many of a zone's four have to serve it before a domain is delegated to them: one may be away.
inline constexpr size_t kServingToDelegate = 3;
// How many of the nameservers serve the zone as it was at this revision, which must not be above its present one, or later.
// `epoch`: the log's.
absl::StatusOr<size_t> ServingCount(const RequestHost& host, const store::Reader& reader,
                                    const std::string& zone_id, uint64_t revision, uint64_t epoch);

}  // namespace quartet::controller
