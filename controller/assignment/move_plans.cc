#include "controller/assignment/move_plans.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/assignment/reusable_sets.h"
#include "controller/assignment/stripe_zones.h"
#include "controller/roster/nameserver_states.h"
#include "controller/sequencer/ids.h"
#include "controller/zones/system_zones.h"
#include "controller/zones/zone_edit.h"
#include "dns/rdata/record_data.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

using replication::FullView;
using stored::v1::Assignment;
using stored::v1::NameserverRow;
using stored::v1::ZoneRow;

// Revisions looked at to see what a joiner lacks; one that lacks more has still to catch up.
constexpr int kMostLacking = 1000;

// Assignment.until_us of one whose time is not known yet.
int64_t Since(uint64_t revision) { return -static_cast<int64_t>(revision); }

uint64_t SinceRevision(const Assignment& assignment) {
  return assignment.until_us() < 0 ? static_cast<uint64_t>(-assignment.until_us()) : 0;
}

// The zone, if a step may be made for it now.
absl::StatusOr<std::optional<ZoneRow>> RowForStep(const PlanContext& context, const std::string& zone_id) {
  absl::StatusOr<ZoneRow> row = AnyActiveZone(context.view, zone_id);
  if (absl::IsNotFound(row.status())) return std::optional<ZoneRow>();
  if (!row.ok()) return row.status();
  absl::StatusOr<std::optional<stored::v1::StageRow>> stage = FullView(context.view).Stage(zone_id);
  if (!stage.ok()) return stage.status();
  if (stage->has_value()) return std::optional<ZoneRow>();
  return std::make_optional(*std::move(row));
}

int StripeOf(const Roster& roster, const std::string& nameserver) {
  const auto found = roster.nameservers.find(nameserver);
  return found == roster.nameservers.end() ? -1 : StripeIndex(found->second.row.stripe());
}

void SortByStripe(const Roster& roster, ZoneRow& row) {
  std::stable_sort(row.mutable_assignments()->begin(), row.mutable_assignments()->end(),
                   [&](const Assignment& a, const Assignment& b) {
                     return StripeOf(roster, a.target()) < StripeOf(roster, b.target());
                   });
}

std::set<std::string> InState(const ZoneRow& row, stored::v1::AssignmentState state) {
  std::set<std::string> targets;
  for (const Assignment& assignment : row.assignments()) {
    if (assignment.state() == state) targets.insert(assignment.target());
  }
  return targets;
}

// An entry that changes nothing but the row; `left` have left it.
absl::StatusOr<Plan> PlanRow(const PlanContext& context, const ZoneRow& row,
                             const std::set<std::string>& left = {}) {
  absl::StatusOr<std::unique_ptr<ZoneEdit>> edit = ZoneEdit::Of(context, row);
  if (!edit.ok()) return edit.status();
  absl::StatusOr<Plan> plan = (*edit)->Finish("");
  if (!plan.ok()) return plan;
  // Those too have to hear of it, to let go of the zone.
  for (const std::string& target : left) plan->entry.mutable_header()->add_targets(target);
  return plan;
}

absl::Status CheckNotRetiring(const ZoneRow& row, const Four& four) {
  const std::set<std::string> retiring = InState(row, stored::v1::ASSIGNMENT_STATE_RETIRING);
  for (const std::string& nameserver : four) {
    if (!retiring.contains(nameserver)) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("nameserver ", nameserver,
                     " is leaving this zone; it can have it again once it has left (`quartet zone show`)"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Plan> PlanJoin(const PlanContext& context, const Roster& roster, ZoneRow row, const Four& four,
                              const std::string& delegation_set) {
  if (absl::Status status = CheckNotRetiring(row, four); !status.ok()) return status;
  const std::set<std::string> serving = InState(row, stored::v1::ASSIGNMENT_STATE_SERVING);
  const bool same = std::set<std::string>(four.begin(), four.end()) == serving;
  if (same && row.delegation_set_id() == delegation_set) return Plan();
  row.set_delegation_set_id(delegation_set);
  for (const std::string& nameserver : four) {
    if (serving.contains(nameserver)) continue;
    Assignment& assignment = *row.add_assignments();
    assignment.set_target(nameserver);
    assignment.set_state(stored::v1::ASSIGNMENT_STATE_JOINING);
    assignment.set_until_us(Since(row.revision() + 1));
  }
  SortByStripe(roster, row);
  return PlanRow(context, row);
}

absl::StatusOr<ZonePlace> PlaceOf(const ZoneRow& row) {
  absl::StatusOr<dns::Name> apex = ApexOf(row);
  if (!apex.ok()) return apex.status();
  ZonePlace place{*std::move(apex), row.account(), row.id()};
  place.not_these = InState(row, stored::v1::ASSIGNMENT_STATE_RETIRING);
  return place;
}

absl::StatusOr<Four> ChooseAnew(const PlanContext& context, const Roster& roster, const ZoneRow& row,
                                const UsageFn& usage) {
  absl::StatusOr<ZonePlace> place = PlaceOf(row);
  if (!place.ok()) return place.status();
  return ChooseFour(context.view, roster, *place, absl::StrCat(row.id(), "/", row.revision()), usage);
}

absl::StatusOr<Four> FourAskedFor(const PlanContext& context, const Roster& roster, const ZoneRow& row,
                                  const MoveTarget& target, const UsageFn& usage) {
  if (!target.nameservers.empty() && !target.delegation_set.empty())
    return absl::InvalidArgumentError("nameservers and a delegation set are named; name one of both");
  if (target.nameservers.empty() && target.delegation_set.empty())
    return ChooseAnew(context, roster, row, usage);
  absl::StatusOr<Four> four = target.delegation_set.empty()
                                  ? CheckFour(roster, target.nameservers)
                                  : FourOfDelegationSet(context.view, roster, target.delegation_set);
  if (!four.ok()) return four;
  absl::StatusOr<ZonePlace> place = PlaceOf(row);
  if (!place.ok()) return place.status();
  if (absl::Status status = CheckPlace(context.view, *place, *four); !status.ok()) return status;
  return four;
}

// Whether the joiner has a revision of the zone since it joined, and none is INSYNC that it lacks.
enum class Joined { kYes, kNotYet, kHistoryIsCut };
absl::StatusOr<Joined> HasJoined(const PlanContext& context, const ZoneRow& row, const std::string& joiner,
                                 uint64_t since, const CoversFn& covers) {
  uint64_t revision = row.revision();
  for (int looked = 0; revision >= since && looked < kMostLacking; --revision, ++looked) {
    absl::StatusOr<std::optional<std::string>> bytes =
        context.view.Get(replication::layout::History(row.id(), revision));
    if (!bytes.ok()) return bytes.status();
    stored::v1::HistoryRow history;
    if (!bytes->has_value()) return revision == row.revision() ? Joined::kHistoryIsCut : Joined::kNotYet;
    if (!history.ParseFromString(**bytes))
      return absl::DataLossError(absl::StrCat("zone ", row.id(), " has a damaged history"));
    absl::StatusOr<bool> covered = covers(context.view, joiner, {row.id(), history.index(), revision});
    if (!covered.ok()) return covered.status();
    if (*covered) return Joined::kYes;
    if (history.change_id().empty()) continue;
    absl::StatusOr<std::optional<stored::v1::ChangeRow>> change =
        FullView(context.view).Change(history.change_id());
    if (!change.ok()) return change.status();
    if (!change->has_value() || (*change)->insync_time_us() != 0) return Joined::kNotYet;
  }
  return Joined::kNotYet;
}

absl::StatusOr<dns::RecordSet> ApexNs(const store::Reader& view, const ZoneRow& row) {
  absl::StatusOr<dns::Name> apex = ApexOf(row);
  if (!apex.ok()) return apex.status();
  absl::StatusOr<uint64_t> generation = FullView(view).ZoneGeneration(row.id());
  if (!generation.ok()) return generation.status();
  const std::string key = replication::RecordKey(*apex, *apex, dns::Type::kNs);
  absl::StatusOr<std::optional<FullView::Record>> record =
      FullView(view).GetRecord(row.id(), *generation, key);
  if (!record.ok()) return record.status();
  if (!record->has_value()) return absl::DataLossError(absl::StrCat("zone ", row.id(), " has no apex NS"));
  return replication::DecodeServed(key, (*record)->served, *apex);
}

// The entry that has the apex NS name the SERVING ones.
absl::StatusOr<Plan> PlanApexNs(const PlanContext& context, const Roster& roster, const ZoneRow& row) {
  absl::StatusOr<dns::RecordSet> present = ApexNs(context.view, row);
  if (!present.ok()) return present.status();
  std::vector<dns::RecordData> hosts;
  for (const Assignment& assignment : row.assignments()) {
    if (assignment.state() != stored::v1::ASSIGNMENT_STATE_SERVING) continue;
    const auto found = roster.nameservers.find(assignment.target());
    if (found == roster.nameservers.end())
      return absl::DataLossError(absl::StrCat("zone ", row.id(), " is of no nameserver that there is"));
    absl::StatusOr<dns::Name> host = NameInZone(row, found->second.row);
    if (!host.ok()) return host.status();
    hosts.push_back(dns::MakeNs(*host));
  }
  absl::StatusOr<std::unique_ptr<ZoneEdit>> edit = ZoneEdit::Of(context, row);
  if (!edit.ok()) return edit.status();
  (*edit)->SetPrimary(hosts.front().Names().front());
  absl::StatusOr<dns::RecordSet> ns =
      dns::RecordSet::Create((*edit)->apex(), present->ttl(), std::move(hosts));
  if (!ns.ok()) return ns.status();
  if (absl::Status status = (*edit)->Put(*ns, {replication::Origin::kSystem, "", ""}); !status.ok())
    return status;
  return (*edit)->Finish(NewChangeId(context.random));
}

// JOINING ones serve; those whose stripe they are of retire.
void Take(const Roster& roster, ZoneRow& row) {
  std::set<int> stripes;
  for (const std::string& joiner : InState(row, stored::v1::ASSIGNMENT_STATE_JOINING))
    stripes.insert(StripeOf(roster, joiner));
  for (Assignment& assignment : *row.mutable_assignments()) {
    if (assignment.state() == stored::v1::ASSIGNMENT_STATE_RETIRING) continue;
    const bool joiner = assignment.state() == stored::v1::ASSIGNMENT_STATE_JOINING;
    if (!joiner && !stripes.contains(StripeOf(roster, assignment.target()))) continue;
    assignment.set_state(joiner ? stored::v1::ASSIGNMENT_STATE_SERVING
                                : stored::v1::ASSIGNMENT_STATE_RETIRING);
    assignment.set_until_us(joiner ? 0 : Since(row.revision() + 1));
  }
}

// Whether the entry that made this revision is INSYNC; one whose history is cut is long since.
absl::StatusOr<bool> IsInsync(const store::Reader& view, const ZoneRow& row, uint64_t revision) {
  absl::StatusOr<std::optional<std::string>> bytes =
      view.Get(replication::layout::History(row.id(), revision));
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value()) return true;
  stored::v1::HistoryRow history;
  if (!history.ParseFromString(**bytes))
    return absl::DataLossError(absl::StrCat("zone ", row.id(), " has a damaged history"));
  absl::StatusOr<std::optional<stored::v1::ChangeRow>> change = FullView(view).Change(history.change_id());
  if (!change.ok()) return change.status();
  return !change->has_value() || (*change)->insync_time_us() != 0;
}

}  // namespace

MoveState MoveStateOf(const ZoneRow& row) {
  MoveState state;
  if (row.state() == stored::v1::ZONE_STATE_DELETED) return state;
  for (const Assignment& assignment : row.assignments()) {
    if (assignment.state() == stored::v1::ASSIGNMENT_STATE_JOINING) {
      state.stage = MoveState::Stage::kJoining;
      state.since_revision = SinceRevision(assignment);
      state.joining.push_back(assignment.target());
    }
    if (assignment.state() != stored::v1::ASSIGNMENT_STATE_RETIRING) continue;
    if (assignment.until_us() > 0) {
      state.until_us = std::min(state.until_us, assignment.until_us());
    } else if (state.stage == MoveState::Stage::kNone) {
      state.stage = MoveState::Stage::kLeaving;
      state.since_revision = SinceRevision(assignment);
    }
  }
  return state;
}

bool IsEvacuated(const Roster& roster, const NameserverRow& row) {
  // One that is retired has none but those of zones that were deleted before, and brought back.
  return row.state() == stored::v1::NAMESERVER_STATE_RETIRED ||
         (row.state() == stored::v1::NAMESERVER_STATE_DRAINING && ReplacementOf(roster, row) != nullptr);
}

absl::StatusOr<Plan> PlanMove(const PlanContext& context, const std::string& zone_id,
                              const MoveTarget& target, const UsageFn& usage) {
  absl::StatusOr<ZoneRow> row = AnyActiveZone(context.view, zone_id);
  if (!row.ok()) return row.status();
  if (MoveStateOf(*row).stage != MoveState::Stage::kNone) {
    return absl::FailedPreconditionError(
        "the zone is moving already; another move can begin once its new nameservers serve it and the apex "
        "NS "
        "that names them is INSYNC");
  }
  const absl::StatusOr<const Roster*> read = context.ReadRoster();
  if (!read.ok()) return read.status();
  const Roster& roster = **read;
  absl::StatusOr<Four> four = FourAskedFor(context, roster, *row, target, usage);
  if (!four.ok()) return four.status();
  return PlanJoin(context, roster, *std::move(row), *four, target.delegation_set);
}

absl::StatusOr<Plan> PlanEvacuation(const PlanContext& context, const std::string& zone_id,
                                    const UsageFn& usage) {
  absl::StatusOr<std::optional<ZoneRow>> row = RowForStep(context, zone_id);
  if (!row.ok()) return row.status();
  if (!row->has_value() || MoveStateOf(**row).stage != MoveState::Stage::kNone) return Plan();
  const absl::StatusOr<const Roster*> read = context.ReadRoster();
  if (!read.ok()) return read.status();
  const Roster& roster = **read;
  std::vector<std::string> after;
  bool any = false;
  bool replaced = true;
  for (const std::string& id : InState(**row, stored::v1::ASSIGNMENT_STATE_SERVING)) {
    const auto found = roster.nameservers.find(id);
    const bool leave = found != roster.nameservers.end() && IsEvacuated(roster, found->second.row);
    any = any || leave;
    const NameserverRow* replacement = leave ? ReplacementOf(roster, found->second.row) : nullptr;
    replaced = replaced && (!leave || replacement != nullptr);
    after.push_back(replacement == nullptr ? id : replacement->id());
  }
  if (!any) return Plan();
  // A replacement has the slot: the four are a set as before, and those that stay need not take zones.
  if (replaced && after.size() == kStripes) {
    Four four;
    std::copy(after.begin(), after.end(), four.begin());
    return PlanJoin(context, roster, **row, four, (*row)->delegation_set_id());
  }
  absl::StatusOr<Four> four = ChooseAnew(context, roster, **row, usage);
  if (!four.ok()) return four.status();
  return PlanJoin(context, roster, **row, *four, "");
}

absl::StatusOr<Plan> PlanServe(const PlanContext& context, const std::string& zone_id,
                               const CoversFn& covers) {
  absl::StatusOr<std::optional<ZoneRow>> row = RowForStep(context, zone_id);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return Plan();
  const MoveState state = MoveStateOf(**row);
  if (state.stage != MoveState::Stage::kJoining) return Plan();
  for (const std::string& joiner : state.joining) {
    absl::StatusOr<Joined> joined = HasJoined(context, **row, joiner, state.since_revision, covers);
    if (!joined.ok()) return joined.status();
    // A revision that nothing tells the place of: the next one will do.
    if (*joined == Joined::kHistoryIsCut) return PlanRow(context, **row);
    if (*joined == Joined::kNotYet) return Plan();
  }
  const absl::StatusOr<const Roster*> read = context.ReadRoster();
  if (!read.ok()) return read.status();
  const Roster& roster = **read;
  Take(roster, **row);
  if (!StripeOfZone(**row).empty()) return PlanStripeRecords(context, roster, **row);
  return PlanApexNs(context, roster, **row);
}

absl::StatusOr<Plan> PlanRetirement(const PlanContext& context, const std::string& zone_id,
                                    const RetireRules& rules) {
  absl::StatusOr<std::optional<ZoneRow>> row = RowForStep(context, zone_id);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return Plan();
  const MoveState state = MoveStateOf(**row);
  if (state.stage != MoveState::Stage::kLeaving) return Plan();
  absl::StatusOr<bool> insync = IsInsync(context.view, **row, state.since_revision);
  if (!insync.ok()) return insync.status();
  if (!*insync || !rules.registry_confirmed(**row)) return Plan();
  absl::StatusOr<dns::RecordSet> ns = ApexNs(context.view, **row);
  if (!ns.ok()) return ns.status();
  const int64_t retire_us = rules.retire_us != 0
                                ? rules.retire_us
                                : (int64_t{std::max(ns->ttl(), kParentTtl)} + kMargin) * 1'000'000;
  for (Assignment& assignment : *(*row)->mutable_assignments()) {
    if (assignment.state() == stored::v1::ASSIGNMENT_STATE_RETIRING && assignment.until_us() <= 0)
      assignment.set_until_us(context.time_us + retire_us);
  }
  return PlanRow(context, **row);
}

absl::StatusOr<Plan> PlanRemoval(const PlanContext& context, const std::string& zone_id) {
  absl::StatusOr<std::optional<ZoneRow>> row = RowForStep(context, zone_id);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return Plan();
  std::set<std::string> left;
  google::protobuf::RepeatedPtrField<Assignment> stay;
  for (const Assignment& assignment : (*row)->assignments()) {
    const bool over = assignment.state() == stored::v1::ASSIGNMENT_STATE_RETIRING &&
                      assignment.until_us() > 0 && assignment.until_us() <= context.time_us;
    if (over) {
      left.insert(assignment.target());
    } else {
      *stay.Add() = assignment;
    }
  }
  if (left.empty()) return Plan();
  *(*row)->mutable_assignments() = std::move(stay);
  return PlanRow(context, **row, left);
}

}  // namespace quartet::controller
