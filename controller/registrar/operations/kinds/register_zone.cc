#include "controller/registrar/operations/kinds/register_zone.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_founding.h"
#include "controller/zones/zone_plans.h"
#include "dns/name/name.h"
#include "replication/replica/apply.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using replication::FullView;
using stored::v1::ZoneRow;

void Take(const ZoneRow& zone, bool made, OperationRows rows) {
  rows.operation.set_zone_id(zone.id());
  rows.operation.set_zone_made(made);
  rows.operation.set_zone_revision(zone.revision());
  // From here on the zone's old nameservers stay, whenever it moves, until the registry has confirmed those it has then
  // (Upkeep::RegistryConfirmed).
  rows.domain->set_zone_id(zone.id());
}

absl::StatusOr<std::vector<ZoneRow>> ActiveZonesNamed(const store::Reader& view, const dns::Name& name) {
  absl::StatusOr<std::vector<std::string>> ids = FullView(view).ZonesNamed("", name);
  if (!ids.ok()) return ids.status();
  std::vector<ZoneRow> zones;
  for (const std::string& id : *ids) {
    absl::StatusOr<std::optional<ZoneRow>> row = FullView(view).Zone(id);
    if (!row.ok()) return row.status();
    if (row->has_value() && (*row)->state() == stored::v1::ZONE_STATE_ACTIVE)
      zones.push_back(**std::move(row));
  }
  return zones;
}

absl::Status Ambiguous(const std::string& domain, const std::vector<ZoneRow>& zones) {
  constexpr size_t kNamed = 10;
  std::vector<std::string> ids;
  for (const ZoneRow& zone : zones) {
    if (ids.size() < kNamed) ids.push_back(absl::StrCat("zones/", zone.id()));
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "several zones are called ", domain, ": name the one to delegate it to, ", absl::StrJoin(ids, " or ")));
}

absl::Status Make(RequestHost& host, const PlanContext& context, const dns::Name& name, OperationRows rows,
                  Plan& plan) {
  NewZone zone{name, rows.operation.account(), rows.operation.wish().comment(), {}, {}, {}};
  zone.delegation_set = rows.operation.wish().delegation_set();
  absl::StatusOr<Plan> made =
      PlanNewZone(context, zone, [&host](const std::string& nameserver) { return host.ZonesOf(nameserver); });
  if (!made.ok()) return made.status();
  plan = *std::move(made);
  Take(*replication::ZoneRowOf(plan.entry), true, rows);
  return absl::OkStatus();
}

}  // namespace

absl::Status AdoptOrMakeZone(RequestHost& host, const PlanContext& context, OperationRows rows, Plan& plan) {
  const std::string& wished = rows.operation.wish().zone_id();
  if (!wished.empty()) {
    absl::StatusOr<ZoneRow> zone = ActiveZone(context.view, wished);
    if (!zone.ok()) return zone.status();
    Take(*zone, false, rows);
    return absl::OkStatus();
  }
  absl::StatusOr<dns::Name> name = dns::Name::Parse(rows.operation.domain());
  if (!name.ok()) return name.status();
  absl::StatusOr<std::vector<ZoneRow>> zones = ActiveZonesNamed(context.view, *name);
  if (!zones.ok()) return zones.status();
  if (zones->size() > 1) return Ambiguous(rows.operation.domain(), *zones);
  if (zones->empty()) return Make(host, context, *name, rows, plan);
  // One of the system's is not for this.
  absl::StatusOr<ZoneRow> zone = ActiveZone(context.view, zones->front().id());
  if (!zone.ok()) return zone.status();
  Take(*zone, false, rows);
  return absl::OkStatus();
}

absl::Status TakeZoneBack(const PlanContext& context, OperationRows rows, Plan& plan) {
  if (!rows.operation.zone_made()) return absl::OkStatus();
  absl::StatusOr<std::optional<ZoneRow>> zone = FullView(context.view).Zone(rows.operation.zone_id());
  if (!zone.ok()) return zone.status();
  if (!zone->has_value() || (*zone)->state() != stored::v1::ZONE_STATE_ACTIVE ||
      (*zone)->revision() != rows.operation.zone_revision()) {
    return absl::OkStatus();
  }
  absl::StatusOr<Plan> deletion = PlanZoneDeletion(context, rows.operation.zone_id(), false);
  if (!deletion.ok()) return deletion.status();
  plan = *std::move(deletion);
  return absl::OkStatus();
}

}  // namespace quartet::controller
