#include "controller/zones/zone_founding.h"

#include <array>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/assignment/reusable_sets.h"
#include "controller/assignment/set_rules.h"
#include "controller/roster/roster.h"
#include "controller/sequencer/ids.h"
#include "controller/zones/system_zones.h"
#include "controller/zones/zone_edit.h"
#include "dns/base/check.h"
#include "dns/rdata/record_data.h"

namespace quartet::controller {
namespace {

using stored::v1::NameserverRow;
using stored::v1::ZoneRow;

// What Route 53 gives a new zone; see kSoaTtl for its TTL.
constexpr uint32_t kFirstSerial = 1;
constexpr uint32_t kRefresh = 7200;
constexpr uint32_t kRetry = 900;
constexpr uint32_t kExpire = 1209600;
constexpr uint32_t kMinimum = 86400;
constexpr absl::string_view kHostmaster = "hostmaster";

using FourRows = std::array<const NameserverRow*, kStripes>;

absl::StatusOr<Four> ChooseNameservers(const PlanContext& context, const ZoneToBe& zone,
                                       const std::string& zone_id, const Roster& roster,
                                       const UsageFn& usage) {
  const ZonePlace place{zone.name, zone.account, ""};
  if (zone.delegation_set.empty()) return ChooseFour(context.view, roster, place, zone_id, usage);
  absl::StatusOr<Four> four = FourOfDelegationSet(context.view, roster, zone.delegation_set);
  if (!four.ok()) return four;
  if (absl::Status status = CheckPlace(context.view, place, *four); !status.ok()) return status;
  return four;
}

ZoneRow MakeRow(const ZoneToBe& zone, const std::string& zone_id, const FourRows& four) {
  ZoneRow row;
  row.set_id(zone_id);
  row.set_name(WireText(zone.name));
  row.set_account(zone.account);
  row.set_comment(zone.comment);
  row.set_serial(kFirstSerial);
  row.set_delegation_set_id(zone.delegation_set);
  for (const NameserverRow* nameserver : four) {
    stored::v1::Assignment& assignment = *row.add_assignments();
    assignment.set_target(nameserver->id());
    // A new zone has no answer yet that anybody could miss: all four serve from its first entry on.
    assignment.set_state(stored::v1::ASSIGNMENT_STATE_SERVING);
  }
  return row;
}

absl::StatusOr<std::vector<dns::RecordSet>> OwnRecordSets(const dns::Name& apex, const FourRows& four) {
  std::vector<dns::RecordData> hosts;
  for (const NameserverRow* nameserver : four) {
    const std::string& wire = nameserver->host_name();
    absl::StatusOr<dns::Name> host =
        dns::Name::FromWire({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
    if (!host.ok())
      return absl::DataLossError(absl::StrCat("nameserver ", nameserver->id(), " has a damaged name"));
    hosts.push_back(dns::MakeNs(*host));
  }
  absl::StatusOr<dns::Name> hostmaster = apex.Prepend(kHostmaster);
  // CheckZoneName refused longer ones.
  QUARTET_CHECK(hostmaster.ok());
  const dns::Soa soa{
      hosts.front().Names().front(), *hostmaster, kFirstSerial, kRefresh, kRetry, kExpire, kMinimum};
  absl::StatusOr<dns::RecordSet> soa_set = dns::RecordSet::Create(apex, kSoaTtl, {dns::MakeSoa(soa)});
  absl::StatusOr<dns::RecordSet> ns_set = dns::RecordSet::Create(apex, kApexNsTtl, std::move(hosts));
  if (!soa_set.ok()) return soa_set.status();
  if (!ns_set.ok()) return ns_set.status();
  return std::vector<dns::RecordSet>{*std::move(soa_set), *std::move(ns_set)};
}

}  // namespace

void CheckZoneName(const dns::Name& name, FaultList& faults) {
  const auto fault = [&](absl::string_view message) {
    faults.Add(FaultList::Kind::kForm, name.ToString(), "", "zone-name", message);
  };
  if (name.is_wildcard()) fault("a zone's name can't begin with the label \"*\"");
  if (!name.Prepend(kHostmaster).ok()) {
    fault(absl::StrCat("the name is too long: its SOA names ", kHostmaster, " in front of it"));
  }
}

absl::StatusOr<FoundedZone> FoundZone(const PlanContext& context, const ZoneToBe& zone,
                                      const UsageFn& usage) {
  const std::string zone_id = NewZoneId(context.random);
  absl::StatusOr<const Roster*> roster = context.ReadRoster();
  if (!roster.ok()) return roster.status();
  absl::StatusOr<Four> four = ChooseNameservers(context, zone, zone_id, **roster, usage);
  if (!four.ok()) return four.status();
  FourRows rows{};
  for (size_t i = 0; i < kStripes; ++i) rows[i] = &(*roster)->nameservers.at((*four)[i]).row;
  absl::StatusOr<std::vector<dns::RecordSet>> own = OwnRecordSets(zone.name, rows);
  if (!own.ok()) return own.status();
  return FoundedZone{MakeRow(zone, zone_id, rows), *std::move(own)};
}

absl::StatusOr<std::string> ObstacleToSet(const store::Reader& view, const ZoneRow& zone) {
  absl::StatusOr<Roster> roster = ReadRoster(view);
  if (!roster.ok()) return roster.status();
  std::set<std::string> four;
  for (const stored::v1::Assignment& assignment : zone.assignments()) {
    const auto found = roster->nameservers.find(assignment.target());
    if (found == roster->nameservers.end() ||
        found->second.row.state() != stored::v1::NAMESERVER_STATE_ACTIVE) {
      return absl::StrCat("nameserver ", assignment.target(), " is drained or has gone");
    }
    four.insert(assignment.target());
  }
  absl::StatusOr<dns::Name> name = ApexOf(zone);
  if (!name.ok()) return name.status();
  absl::StatusOr<std::set<std::string>> excluded = ExcludedNameservers(view, *name, zone.account(), four);
  if (!excluded.ok()) return excluded.status();
  for (const std::string& nameserver : *excluded) {
    if (!four.contains(nameserver)) continue;
    return absl::StrCat("nameserver ", nameserver,
                        " was given to another zone of its name, above or below it");
  }
  return std::string();
}

absl::Status CheckStillFree(const PlanContext& context, const FoundedZone& founded) {
  absl::StatusOr<std::string> obstacle = ObstacleToSet(context.view, founded.row);
  if (!obstacle.ok()) return obstacle.status();
  if (obstacle->empty()) return absl::OkStatus();
  return absl::AbortedError(
      absl::StrCat("the new zone can't have the nameservers that it was to have any more: ", *obstacle,
                   " meanwhile; try again"));
}

absl::StatusOr<ZoneRow> ActiveZone(const store::Reader& view, const std::string& zone_id) {
  absl::StatusOr<ZoneRow> row = AnyActiveZone(view, zone_id);
  if (!row.ok()) return row;
  if (absl::Status status = CheckNoSystemZone(*row); !status.ok()) return status;
  return row;
}

}  // namespace quartet::controller
