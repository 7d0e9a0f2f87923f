#include "controller/registrar/operations/delegation.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "controller/assignment/stripe_zones.h"
#include "controller/registrar/registries/glue.h"
#include "controller/roster/roster.h"
#include "controller/roster/roster_plans.h"
#include "dns/name/name.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

using replication::FullView;
using stored::v1::NameserverRow;
using stored::v1::ZoneRow;

absl::StatusOr<std::optional<NameserverRow>> ReadNameserver(const store::Reader& reader,
                                                            const std::string& id) {
  absl::StatusOr<std::optional<FullView::ObjectRow>> object =
      FullView(reader).GetObject(stored::v1::OBJECT_KIND_NAMESERVER, id);
  if (!object.ok()) return object.status();
  if (!object->has_value()) return std::optional<NameserverRow>();
  NameserverRow row;
  if (!row.ParseFromString((*object)->row))
    return absl::DataLossError(absl::StrCat("the replica holds a damaged row of nameserver ", id));
  return std::optional<NameserverRow>(std::move(row));
}

// The index of the entry that made that revision of the zone. 0: that is not known any more, or it was in another epoch of the
// log (0: that is not known), so that whoever has acknowledged anything in this one has it.
absl::StatusOr<uint64_t> IndexOf(const store::Reader& reader, const std::string& zone_id, uint64_t revision,
                                 uint64_t epoch) {
  absl::StatusOr<std::optional<std::string>> bytes =
      reader.Get(replication::layout::History(zone_id, revision));
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value()) return 0;
  stored::v1::HistoryRow history;
  if (!history.ParseFromString(**bytes))
    return absl::DataLossError(absl::StrCat("the history of zone ", zone_id, " is damaged"));
  return epoch == 0 || history.epoch() == epoch ? history.index() : 0;
}

}  // namespace

absl::StatusOr<std::vector<DelegatedTo>> DelegationOf(const store::Reader& reader, const ZoneRow& zone) {
  std::vector<DelegatedTo> delegation;
  for (const stored::v1::Assignment& assignment : zone.assignments()) {
    if (assignment.state() != stored::v1::ASSIGNMENT_STATE_SERVING) continue;
    absl::StatusOr<std::optional<NameserverRow>> row = ReadNameserver(reader, assignment.target());
    if (!row.ok()) return row.status();
    if (!row->has_value())
      return absl::DataLossError(
          absl::StrCat("there is no nameserver ", assignment.target(), " of zone ", zone.id()));
    absl::StatusOr<dns::Name> name = NameInZone(zone, **row);
    if (!name.ok()) return name.status();
    DelegatedTo& one = delegation.emplace_back();
    one.nameserver = assignment.target();
    one.host_name = HostNameOf(*name);
    for (const std::string& address : (*row)->addresses()) one.addresses.push_back(AddressToString(address));
  }
  return delegation;
}

std::string HostNameOf(const dns::Name& name) {
  const std::string text = name.ToLower().ToString();
  return std::string(absl::StripSuffix(text, "."));
}

std::vector<epp::DomainHost> HostsFor(const RegistryConfig& registry, const std::string& domain,
                                      const std::vector<DelegatedTo>& delegation) {
  std::vector<epp::DomainHost> hosts;
  hosts.reserve(delegation.size());
  for (const DelegatedTo& one : delegation)
    hosts.push_back(HostFor(registry, domain, one.host_name, one.addresses));
  return hosts;
}

std::vector<std::string> HostNamesOf(const std::vector<DelegatedTo>& delegation) {
  std::vector<std::string> names;
  names.reserve(delegation.size());
  for (const DelegatedTo& one : delegation) names.push_back(one.host_name);
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<size_t> ServingCount(const RequestHost& host, const store::Reader& reader,
                                    const std::string& zone_id, uint64_t revision, uint64_t epoch) {
  absl::StatusOr<std::optional<ZoneRow>> zone = FullView(reader).Zone(zone_id);
  if (!zone.ok()) return zone.status();
  if (!zone->has_value()) return 0;
  absl::StatusOr<uint64_t> index = IndexOf(reader, zone_id, revision, epoch);
  if (!index.ok()) return index.status();
  size_t count = 0;
  for (const stored::v1::Assignment& assignment : (*zone)->assignments()) {
    if (assignment.state() != stored::v1::ASSIGNMENT_STATE_SERVING) continue;
    const absl::StatusOr<bool> serves = host.IsServed(reader, assignment.target(), zone_id, *index, revision);
    if (!serves.ok()) return serves.status();
    if (*serves) ++count;
  }
  return count;
}

}  // namespace quartet::controller
