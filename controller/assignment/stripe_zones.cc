#include "controller/assignment/stripe_zones.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/sequencer/ids.h"
#include "controller/zones/system_zones.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_founding.h"
#include "dns/rdata/record_data.h"
#include "dns/record_set/record_set.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using replication::FullView;
using stored::v1::NameserverRow;
using stored::v1::ZoneRow;

// Record sets by their keys.
using Records = std::map<std::string, dns::RecordSet>;

absl::StatusOr<dns::Name> ReadName(const std::string& wire, absl::string_view of) {
  absl::StatusOr<dns::Name> name =
      dns::Name::FromWire({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
  if (!name.ok()) return absl::DataLossError(absl::StrCat(of, " has a damaged name"));
  return name;
}

absl::Status Add(const dns::Name& apex, absl::StatusOr<dns::RecordSet> set, Records& records) {
  if (!set.ok()) return set.status();
  std::string key = replication::RecordKey(set->owner(), apex, set->type());
  records.emplace(std::move(key), *std::move(set));
  return absl::OkStatus();
}

absl::Status AddAddresses(const dns::Name& apex, const dns::Name& host, const NameserverRow& nameserver,
                          Records& records) {
  std::map<dns::Type, std::vector<dns::RecordData>> by_type;
  for (const std::string& address : nameserver.addresses()) {
    const dns::Type type = address.size() == 4 ? dns::Type::kA : dns::Type::kAaaa;
    absl::StatusOr<dns::RecordData> data =
        dns::RecordData::FromWire(type, {reinterpret_cast<const uint8_t*>(address.data()), address.size()});
    if (!data.ok())
      return absl::DataLossError(absl::StrCat("nameserver ", nameserver.id(), " has a damaged address"));
    by_type[type].push_back(*std::move(data));
  }
  for (auto& [type, data] : by_type) {
    absl::Status added = Add(apex, dns::RecordSet::Create(host, kAddressTtl, std::move(data)), records);
    if (!added.ok()) return added;
  }
  return absl::OkStatus();
}

// Nameservers whose addresses the zone has: those of its stripe, and those it is assigned to.
std::set<std::string> Named(const Roster& roster, const ZoneRow& row) {
  std::set<std::string> named;
  for (const auto& [id, nameserver] : roster.nameservers) {
    if (nameserver.row.stripe() == StripeOfZone(row) &&
        nameserver.row.state() != stored::v1::NAMESERVER_STATE_RETIRED) {
      named.insert(id);
    }
  }
  for (const auto& assignment : row.assignments()) named.insert(assignment.target());
  return named;
}

// All that the zone is to hold but for its SOA.
absl::StatusOr<Records> RecordsOf(const Roster& roster, const ZoneRow& row) {
  absl::StatusOr<dns::Name> apex = ApexOf(row);
  if (!apex.ok()) return apex.status();
  Records records;
  for (const std::string& id : Named(roster, row)) {
    const auto found = roster.nameservers.find(id);
    if (found == roster.nameservers.end()) continue;
    absl::StatusOr<dns::Name> host = NameInZone(row, found->second.row);
    if (!host.ok()) return host.status();
    absl::Status added = AddAddresses(*apex, *host, found->second.row, records);
    if (!added.ok()) return added;
  }
  std::vector<dns::RecordData> hosts;
  for (const auto& assignment : row.assignments()) {
    if (assignment.state() != stored::v1::ASSIGNMENT_STATE_SERVING) continue;
    absl::StatusOr<dns::Name> host = NameInZone(row, roster.nameservers.at(assignment.target()).row);
    if (!host.ok()) return host.status();
    hosts.push_back(dns::MakeNs(*host));
  }
  absl::Status added = Add(*apex, dns::RecordSet::Create(*apex, kApexNsTtl, std::move(hosts)), records);
  if (!added.ok()) return added;
  return records;
}

absl::StatusOr<Records> RecordsThere(const store::Reader& view, const ZoneRow& row, const dns::Name& apex) {
  absl::StatusOr<uint64_t> generation = FullView(view).ZoneGeneration(row.id());
  if (!generation.ok()) return generation.status();
  Records records;
  absl::Status damage;
  absl::Status visited =
      FullView(view).VisitRecords(row.id(), *generation, "", "", [&](const FullView::Record& record) {
        absl::StatusOr<dns::RecordSet> set = replication::DecodeServed(record.key, record.served, apex);
        if (!set.ok()) {
          damage = absl::DataLossError(set.status().message());
        } else if (set->type() != dns::Type::kSoa) {
          records.emplace(record.key, *std::move(set));
        }
        return damage.ok();
      });
  if (!visited.ok()) return visited;
  if (!damage.ok()) return damage;
  return records;
}

bool EveryStripeCanServe(const Roster& roster) {
  const Seats seats = SeatsOf(roster, [](const std::string&) { return 0; });
  for (size_t stripe = 0; stripe < kStripes; ++stripe) {
    const auto row = roster.stripes.find(std::string(1, "abcd"[stripe]));
    if (row == roster.stripes.end() || row->second.row.domain().empty() || seats[stripe].empty())
      return false;
  }
  return true;
}

absl::StatusOr<Plan> PlanNewStripeZone(const PlanContext& context, const Roster& roster,
                                       const std::string& stripe, const dns::Name& domain,
                                       const UsageFn& usage) {
  absl::StatusOr<FoundedZone> founded =
      FoundZone(context, {domain, "", absl::StrCat("names of the nameservers of stripe ", stripe)}, usage);
  if (!founded.ok()) return founded.status();
  SetStripeOfZone(stripe, founded->row);
  absl::StatusOr<Records> records = RecordsOf(roster, founded->row);
  if (!records.ok()) return records.status();
  absl::StatusOr<std::unique_ptr<ZoneEdit>> edit = ZoneEdit::New(context, founded->row);
  if (!edit.ok()) return edit.status();
  for (const dns::RecordSet& own : founded->own) {
    if (own.type() != dns::Type::kSoa) continue;
    dns::Soa soa = dns::ReadSoa(own.records().front());
    soa.mname =
        records->at(replication::RecordKey(domain, domain, dns::Type::kNs)).records().front().Names().front();
    absl::Status added =
        Add(domain, dns::RecordSet::Create(domain, own.ttl(), {dns::MakeSoa(soa)}), *records);
    if (!added.ok()) return added;
  }
  for (const auto& [key, set] : *records) {
    if (absl::Status put = (*edit)->Put(set, {replication::Origin::kSystem, "", ""}); !put.ok()) return put;
  }
  return (*edit)->Finish(NewChangeId(context.random));
}

}  // namespace

absl::StatusOr<dns::Name> NameInZone(const ZoneRow& zone, const NameserverRow& nameserver) {
  if (StripeOfZone(zone).empty())
    return ReadName(nameserver.host_name(), absl::StrCat("nameserver ", nameserver.id()));
  absl::StatusOr<dns::Name> apex = ApexOf(zone);
  if (!apex.ok()) return apex.status();
  return apex->Prepend(nameserver.id());
}

absl::StatusOr<std::optional<ZoneRow>> FindStripeZone(const store::Reader& view, const std::string& stripe,
                                                      const dns::Name& domain) {
  absl::StatusOr<std::vector<std::string>> ids = FullView(view).ZonesNamed("", domain);
  if (!ids.ok()) return ids.status();
  for (const std::string& id : *ids) {
    absl::StatusOr<ZoneRow> row = AnyActiveZone(view, id);
    if (row.ok() && StripeOfZone(*row) == stripe) return std::make_optional(*std::move(row));
    if (!row.ok() && !absl::IsNotFound(row.status())) return row.status();
  }
  return std::optional<ZoneRow>();
}

absl::StatusOr<Plan> PlanStripeRecords(const PlanContext& context, const Roster& roster, const ZoneRow& row) {
  absl::StatusOr<Records> wanted = RecordsOf(roster, row);
  if (!wanted.ok()) return wanted.status();
  absl::StatusOr<std::unique_ptr<ZoneEdit>> edit = ZoneEdit::Of(context, row);
  if (!edit.ok()) return edit.status();
  const dns::Name& apex = (*edit)->apex();
  absl::StatusOr<Records> there = RecordsThere(context.view, row, apex);
  if (!there.ok()) return there.status();
  bool any = false;
  for (const auto& [key, set] : *there) {
    if (wanted->contains(key)) continue;
    any = true;
    if (absl::Status removed = (*edit)->Remove(key); !removed.ok()) return removed;
  }
  for (const auto& [key, set] : *wanted) {
    const auto present = there->find(key);
    if (present != there->end() && present->second == set) continue;
    any = true;
    if (absl::Status put = (*edit)->Put(set, {replication::Origin::kSystem, "", ""}); !put.ok()) return put;
  }
  if (!any) return Plan();
  (*edit)->SetPrimary(
      wanted->at(replication::RecordKey(apex, apex, dns::Type::kNs)).records().front().Names().front());
  return (*edit)->Finish(NewChangeId(context.random));
}

absl::StatusOr<Plan> PlanStripeZone(const PlanContext& context, const std::string& stripe,
                                    const UsageFn& usage) {
  const absl::StatusOr<const Roster*> read = context.ReadRoster();
  if (!read.ok()) return read.status();
  const Roster& roster = **read;
  if (!EveryStripeCanServe(roster)) {
    return Plan();
  }
  absl::StatusOr<dns::Name> domain =
      ReadName(roster.stripes.at(stripe).row.domain(), absl::StrCat("stripe ", stripe));
  if (!domain.ok()) return domain.status();
  absl::StatusOr<std::optional<ZoneRow>> row = FindStripeZone(context.view, stripe, *domain);
  if (!row.ok()) return row.status();
  if (row->has_value()) return PlanStripeRecords(context, roster, **row);
  return PlanNewStripeZone(context, roster, stripe, *domain, usage);
}

}  // namespace quartet::controller
