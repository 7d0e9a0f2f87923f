#include "controller/registrar/operations/stripe_domains.h"

#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/assignment/stripe_zones.h"
#include "controller/roster/roster.h"
#include "controller/roster/roster_plans.h"
#include "dns/name/name.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using replication::FullView;
using stored::v1::NameserverRow;
using stored::v1::ZoneRow;

absl::StatusOr<dns::Name> NameOf(const std::string& wire) {
  absl::StatusOr<dns::Name> name =
      dns::Name::FromWire({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
  if (!name.ok()) return absl::DataLossError("the replica holds a damaged name of a stripe or nameserver");
  return name;
}

absl::StatusOr<std::optional<ZoneRow>> FindZone(const store::Reader& reader, const StripeDomain& stripe) {
  absl::StatusOr<dns::Name> name = dns::Name::Parse(absl::StrCat(stripe.domain, "."));
  if (!name.ok()) return name.status();
  return FindStripeZone(reader, stripe.stripe, *name);
}

absl::Status AddNameservers(const store::Reader& reader, const StripeDomain& stripe,
                            std::map<std::string, DelegatedTo>& names) {
  const absl::StatusOr<Roster> roster = ReadRoster(reader);
  if (!roster.ok()) return roster.status();
  for (const auto& [id, nameserver] : roster->nameservers) {
    const NameserverRow& row = nameserver.row;
    if (row.stripe() != stripe.stripe || row.state() == stored::v1::NAMESERVER_STATE_RETIRED) continue;
    const absl::StatusOr<dns::Name> name = NameOf(row.host_name());
    if (!name.ok()) return name.status();
    DelegatedTo one{id, HostNameOf(*name), {}};
    for (const std::string& address : row.addresses()) one.addresses.push_back(AddressToString(address));
    std::string host_name = one.host_name;
    names.emplace(std::move(host_name), std::move(one));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<StripeDomain>> StripeDomainsOf(const store::Reader& reader) {
  absl::StatusOr<std::vector<FullView::ObjectRow>> objects =
      FullView(reader).ListObjects(stored::v1::OBJECT_KIND_STRIPE);
  if (!objects.ok()) return objects.status();
  std::vector<StripeDomain> domains;
  for (const FullView::ObjectRow& object : *objects) {
    stored::v1::StripeRow row;
    if (!row.ParseFromString(object.row))
      return absl::DataLossError(absl::StrCat("the replica holds a damaged row of stripe ", object.id));
    if (row.domain().empty()) continue;
    const absl::StatusOr<dns::Name> name = NameOf(row.domain());
    if (!name.ok()) return name.status();
    domains.push_back({row.id(), HostNameOf(*name)});
  }
  return domains;
}

absl::StatusOr<std::vector<DelegatedTo>> NamesInStripeDomain(const store::Reader& reader,
                                                             const StripeDomain& stripe) {
  std::map<std::string, DelegatedTo> names;
  if (absl::Status added = AddNameservers(reader, stripe, names); !added.ok()) return added;
  const absl::StatusOr<std::optional<ZoneRow>> zone = FindZone(reader, stripe);
  if (!zone.ok()) return zone.status();
  if (zone->has_value()) {
    absl::StatusOr<std::vector<DelegatedTo>> delegation = DelegationOf(reader, **zone);
    if (!delegation.ok()) return delegation.status();
    for (const DelegatedTo& one : *delegation) names.emplace(one.host_name, one);
  }
  std::vector<DelegatedTo> all;
  all.reserve(names.size());
  for (auto& [host_name, one] : names) all.push_back(std::move(one));
  return all;
}

absl::StatusOr<std::string> ZoneOfStripeDomain(const store::Reader& reader, const StripeDomain& stripe) {
  const absl::StatusOr<std::optional<ZoneRow>> zone = FindZone(reader, stripe);
  if (!zone.ok()) return zone.status();
  return zone->has_value() ? (*zone)->id() : std::string();
}

}  // namespace quartet::controller
