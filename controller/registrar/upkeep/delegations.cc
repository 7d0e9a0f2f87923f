#include "controller/registrar/upkeep/delegations.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_join.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/registrar/operations/delegation.h"
#include "controller/zones/system_zones.h"
#include "replication/base/log.h"

namespace quartet::controller {
namespace {

using stored::v1::DomainRow;
using stored::v1::ZoneRow;

// What is in the way of beginning an operation may be gone then.
constexpr int64_t kAgainUs = 60'000'000;
// Domains looked at one after another: all are, at the start.
constexpr size_t kMostAtOnce = 1000;

}  // namespace

bool IsDelegatedToZone(const store::Reader& reader, const DomainRow& domain, const ZoneRow& zone) {
  const absl::StatusOr<std::vector<DelegatedTo>> delegation = DelegationOf(reader, zone);
  if (!delegation.ok()) return false;
  const std::vector<std::string> names = HostNamesOf(*delegation);
  return std::equal(names.begin(), names.end(), domain.nameservers().begin(), domain.nameservers().end());
}

void Delegations::Forget(const std::string& domain) {
  due_.Remove(domain);
  attempts_.Forget(domain);
}

void Delegations::Run(const store::Reader& reader, int64_t now_us) {
  for (size_t looked = 0; looked < kMostAtOnce; ++looked) {
    const std::optional<std::string> name = due_.Take(now_us);
    if (!name.has_value()) return;
    const absl::StatusOr<std::optional<DomainRow>> row = ReadDomain(reader, *name);
    if (!row.ok()) LogError("domain {} can't be read: {}", *name, row.status().ToString());
    if (row.ok() && row->has_value()) RunOne(reader, **row, now_us);
  }
}

void Delegations::RunOne(const store::Reader& reader, const DomainRow& row, int64_t now_us) {
  // An operation's end changes the row, which is looked at then.
  if (row.zone_id().empty() || row.state() != stored::v1::DOMAIN_STATE_REGISTERED || !row.operation().empty())
    return;
  const absl::StatusOr<ZoneRow> zone = AnyActiveZone(reader, row.zone_id());
  if (!zone.ok() || IsDelegatedToZone(reader, row, *zone)) return attempts_.Forget(row.name());
  const absl::StatusOr<std::vector<DelegatedTo>> delegation = DelegationOf(reader, *zone);
  const std::string wanted = delegation.ok() ? absl::StrJoin(HostNamesOf(*delegation), " ") : "";
  if (const int64_t not_before_us = attempts_.NotBefore(row.name(), wanted); not_before_us > now_us)
    return due_.Put(row.name(), not_before_us);
  const absl::StatusOr<std::string> id =
      submit_(SystemOperation(stored::v1::DOMAIN_OPERATION_KIND_SET_NAMESERVERS, row.name(), row.registry()));
  if (id.ok()) {
    attempts_.Note(row.name(), wanted, now_us);
    LogInfo("domain {} is to be delegated to its zone's nameservers {}: operation {}", row.name(), wanted,
            *id);
  } else {
    due_.Put(row.name(), now_us + kAgainUs);
  }
}

}  // namespace quartet::controller
