#include "controller/zones/zone_plans.h"

#include <array>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/assignment/delegation_set.h"
#include "controller/assignment/set_rules.h"
#include "controller/roster/roster.h"
#include "controller/sequencer/first_entry.h"
#include "controller/sequencer/ids.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_rules.h"
#include "dns/base/check.h"
#include "dns/rdata/record_data.h"
#include "replication/record/record_key.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using replication::Control;
using replication::FullView;
using replication::Origin;
using stored::v1::NameserverRow;
using stored::v1::ZoneRow;

// What Route 53 gives a new zone; see kSoaTtl for its TTL.
constexpr uint32_t kFirstSerial = 1;
constexpr uint32_t kRefresh = 7200;
constexpr uint32_t kRetry = 900;
constexpr uint32_t kExpire = 1209600;
constexpr uint32_t kMinimum = 86400;
constexpr absl::string_view kHostmaster = "hostmaster";

// SOA and apex NS: what a zone always has.
constexpr uint64_t kOwnRecordSets = 2;

using Four = std::array<const NameserverRow*, kStripes>;

Seats SeatsOf(const Roster& roster, const UsageFn& usage) {
  Seats seats;
  for (const auto& [id, nameserver] : roster.nameservers) {
    const NameserverRow& row = nameserver.row;
    const int stripe = StripeIndex(row.stripe());
    if (row.state() != stored::v1::NAMESERVER_STATE_ACTIVE || stripe < 0) continue;
    seats[stripe][row.slot()] = {id, row.region(), usage(id)};
  }
  return seats;
}

absl::StatusOr<std::string> AssignmentSecret(const store::Reader& view) {
  absl::StatusOr<std::optional<FullView::ObjectRow>> object =
      FullView(view).GetObject(stored::v1::OBJECT_KIND_SECRET, kAssignmentSecret);
  if (!object.ok()) return object.status();
  stored::v1::SecretRow secret;
  if (!object->has_value() || !secret.ParseFromString((*object)->row)) {
    return absl::DataLossError("the replica has no assignment secret");
  }
  return secret.secret();
}

absl::Status NoSet(const Seats& seats, const std::set<std::string>& excluded, const dns::Name& name) {
  std::string empty;
  for (size_t stripe = 0; stripe < kStripes; ++stripe) {
    if (seats[stripe].empty())
      absl::StrAppend(&empty, empty.empty() ? "" : ", ", std::string(1, "abcd"[stripe]));
  }
  if (!empty.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("no delegation set can be formed: a zone needs a nameserver of each stripe, and stripe ",
                     empty, " has none; add one with `quartet nameserver add`"));
  }
  if (excluded.empty()) {
    return absl::FailedPreconditionError(
        "no delegation set can be formed: no four slots a, b, c and a xor b xor c are all taken; add "
        "nameservers");
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "no delegation set can be formed: ", name.ToString(),
      " must not share a nameserver with other zones of that name, nor with those of other accounts "
      "above or below it, and these leave none; add nameservers"));
}

absl::StatusOr<Four> ChooseNameservers(const PlanContext& context, const NewZone& zone,
                                       const std::string& zone_id, const Roster& roster,
                                       const UsageFn& usage) {
  const Seats seats = SeatsOf(roster, usage);
  std::set<std::string> everybody;
  for (const auto& stripe : seats) {
    for (const auto& [slot, seat] : stripe) everybody.insert(seat.nameserver);
  }
  absl::StatusOr<std::set<std::string>> excluded =
      ExcludedNameservers(context.view, zone.name, zone.account, everybody);
  if (!excluded.ok()) return excluded.status();
  absl::StatusOr<std::string> secret = AssignmentSecret(context.view);
  if (!secret.ok()) return secret.status();
  const std::optional<DelegationSet> set = ChooseSet(seats, *secret, zone_id, *excluded);
  if (!set.has_value()) return NoSet(seats, *excluded, zone.name);
  Four four;
  for (size_t i = 0; i < kStripes; ++i) four[i] = &roster.nameservers.at((*set)[i]->nameserver).row;
  return four;
}

ZoneRow MakeRow(const NewZone& zone, std::string zone_id, const Four& four) {
  ZoneRow row;
  row.set_id(std::move(zone_id));
  row.set_name(WireText(zone.name));
  row.set_account(zone.account);
  row.set_comment(zone.comment);
  row.set_serial(kFirstSerial);
  for (const NameserverRow* nameserver : four) {
    stored::v1::Assignment& assignment = *row.add_assignments();
    assignment.set_target(nameserver->id());
    // A new zone has no answer yet that anybody could miss: all four serve from its first entry on.
    assignment.set_state(stored::v1::ASSIGNMENT_STATE_SERVING);
  }
  return row;
}

absl::Status PutOwnRecordSets(ZoneEdit& edit, const Four& four) {
  std::vector<dns::RecordData> hosts;
  for (const NameserverRow* nameserver : four) {
    const std::string& wire = nameserver->host_name();
    absl::StatusOr<dns::Name> host =
        dns::Name::FromWire({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
    if (!host.ok())
      return absl::DataLossError(absl::StrCat("nameserver ", nameserver->id(), " has a damaged name"));
    hosts.push_back(dns::MakeNs(*host));
  }
  absl::StatusOr<dns::Name> hostmaster = edit.apex().Prepend(kHostmaster);
  // CheckZoneName refused longer ones.
  QUARTET_CHECK(hostmaster.ok());
  const dns::Soa soa{
      hosts.front().Names().front(), *hostmaster, kFirstSerial, kRefresh, kRetry, kExpire, kMinimum};
  absl::StatusOr<dns::RecordSet> soa_set = dns::RecordSet::Create(edit.apex(), kSoaTtl, {dns::MakeSoa(soa)});
  absl::StatusOr<dns::RecordSet> ns_set = dns::RecordSet::Create(edit.apex(), kApexNsTtl, std::move(hosts));
  if (!soa_set.ok()) return soa_set.status();
  if (!ns_set.ok()) return ns_set.status();
  if (absl::Status status = edit.Put(*soa_set, {Origin::kSystem, "", ""}); !status.ok()) return status;
  return edit.Put(*ns_set, {Origin::kSystem, "", ""});
}

absl::StatusOr<ZoneRow> ActiveZone(const store::Reader& view, const std::string& zone_id) {
  absl::StatusOr<std::optional<ZoneRow>> row = FullView(view).Zone(zone_id);
  if (!row.ok()) return row.status();
  if (!row->has_value() || (*row)->state() == stored::v1::ZONE_STATE_DELETED) {
    return absl::NotFoundError(absl::StrCat("there is no zone ", zone_id));
  }
  return **std::move(row);
}

void StateFault(FaultList& faults, const RecordSetEdit& edit, absl::string_view rule,
                absl::string_view message) {
  faults.Add(FaultList::Kind::kRule, edit.owner.ToString(), dns::TypeName(edit.type), rule, message);
}

// Compares what is asked with what is there. True: the edit may be made.
absl::StatusOr<bool> CheckPresent(const ZoneEdit& zone, const RecordSetEdit& edit, const std::string& key,
                                  FaultList& faults) {
  if (edit.action == RecordSetEdit::Action::kUpsert) return true;
  absl::StatusOr<std::optional<FullView::Record>> there =
      FullView(zone.before()).GetRecord(zone.zone_id(), zone.generation(), key);
  if (!there.ok()) return there.status();
  if (edit.action == RecordSetEdit::Action::kCreate && there->has_value()) {
    StateFault(faults, edit, "exists", "it exists already; UPSERT replaces it");
    return false;
  }
  if (edit.action != RecordSetEdit::Action::kDelete) return true;
  if (!there->has_value()) {
    StateFault(faults, edit, "not-found", "it can't be deleted, as it does not exist");
    return false;
  }
  if (!edit.record_set.has_value()) return true;
  absl::StatusOr<dns::RecordSet> present = replication::DecodeServed(key, (*there)->served, zone.apex());
  if (!present.ok()) return absl::DataLossError(present.status().message());
  if (*present == *edit.record_set) return true;
  StateFault(faults, edit, "differs", "it is not deleted, as its TTL or values are others than those given");
  return false;
}

absl::Status MakeEdit(ZoneEdit& zone, const RecordSetEdit& edit, FaultList& faults) {
  const std::string key = replication::RecordKey(edit.owner, zone.apex(), edit.type);
  absl::StatusOr<bool> fits = CheckPresent(zone, edit, key, faults);
  if (!fits.ok()) return fits.status();
  if (!*fits) return absl::OkStatus();
  if (edit.action == RecordSetEdit::Action::kDelete) return zone.Remove(key);
  return zone.Put(*edit.record_set, Control{Origin::kUser, edit.writer, ""});
}

// Makes the edits that break no rule of their own, then looks at what the zone has become.
absl::Status MakeEdits(ZoneEdit& zone, const std::vector<RecordSetEdit>& edits, FaultList& faults) {
  for (const RecordSetEdit& edit : edits) {
    FaultList own;
    CheckEdit(edit, zone.apex(), own);
    if (!own.empty()) {
      CheckEdit(edit, zone.apex(), faults);
      continue;
    }
    if (absl::Status status = MakeEdit(zone, edit, faults); !status.ok()) return status;
  }
  return CheckZone(zone, edits, faults);
}

}  // namespace

void CheckZoneName(const dns::Name& name, FaultList& faults) {
  const auto fault = [&](absl::string_view message) {
    faults.Add(FaultList::Kind::kForm, name.ToString(), "", "zone-name", message);
  };
  if (name.is_root()) fault("the root can't be a hosted zone");
  if (name.is_wildcard()) fault("a zone's name can't begin with the label \"*\"");
  if (!name.Prepend(kHostmaster).ok()) {
    fault(absl::StrCat("the name is too long: its SOA names ", kHostmaster, " in front of it"));
  }
}

absl::StatusOr<Plan> PlanNewZone(const PlanContext& context, const NewZone& zone, const UsageFn& usage) {
  const std::string zone_id = NewZoneId(context.random);
  absl::StatusOr<Roster> roster = ReadRoster(context.view);
  if (!roster.ok()) return roster.status();
  absl::StatusOr<Four> four = ChooseNameservers(context, zone, zone_id, *roster, usage);
  if (!four.ok()) return four.status();
  absl::StatusOr<std::unique_ptr<ZoneEdit>> edit = ZoneEdit::New(context, MakeRow(zone, zone_id, *four));
  if (!edit.ok()) return edit.status();
  if (absl::Status status = PutOwnRecordSets(**edit, *four); !status.ok()) return status;
  FaultList faults;
  if (absl::Status status = MakeEdits(**edit, zone.record_sets, faults); !status.ok()) return status;
  LocateFaults(zone.file_name, zone.record_sets, faults);
  if (!faults.empty()) return faults.ToStatus();
  return (*edit)->Finish(NewChangeId(context.random));
}

absl::StatusOr<Plan> PlanZoneDeletion(const PlanContext& context, const std::string& zone_id, bool force) {
  absl::StatusOr<ZoneRow> row = ActiveZone(context.view, zone_id);
  if (!row.ok()) return row.status();
  if (row->record_sets() > kOwnRecordSets && !force) {
    FaultList faults;
    faults.Add(FaultList::Kind::kRule, "", "", "zone-not-empty",
               absl::StrCat("the zone holds ", row->record_sets() - kOwnRecordSets,
                            " record sets besides its SOA and NS; delete them first, or force the deletion"));
    return faults.ToStatus();
  }
  row->set_state(stored::v1::ZONE_STATE_DELETED);
  row->set_delete_time_us(context.time_us);
  absl::StatusOr<std::unique_ptr<ZoneEdit>> edit = ZoneEdit::Of(context, *row);
  if (!edit.ok()) return edit.status();
  return (*edit)->Finish(NewChangeId(context.random));
}

absl::StatusOr<Plan> PlanChanges(const PlanContext& context, const std::string& zone_id,
                                 const std::vector<RecordSetEdit>& edits) {
  absl::StatusOr<ZoneRow> row = ActiveZone(context.view, zone_id);
  if (!row.ok()) return row.status();
  absl::StatusOr<std::unique_ptr<ZoneEdit>> edit = ZoneEdit::Of(context, *row);
  if (!edit.ok()) return edit.status();
  FaultList faults;
  if (absl::Status status = MakeEdits(**edit, edits, faults); !status.ok()) return status;
  if (!faults.empty()) return faults.ToStatus();
  return (*edit)->Finish(NewChangeId(context.random));
}

}  // namespace quartet::controller
