#include "controller/roster/nameserver_states.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "controller/assignment/reusable_sets.h"
#include "controller/roster/roster_plans.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using stored::v1::NameserverRow;
using stored::v1::NameserverState;

absl::StatusOr<Versioned<NameserverRow>> FindNameserver(const Roster& roster, const std::string& id) {
  const auto found = roster.nameservers.find(id);
  if (found == roster.nameservers.end())
    return absl::NotFoundError(absl::StrCat("there is no nameserver ", absl::string_view(id).substr(0, 64)));
  return found->second;
}

Plan PlanRow(const Versioned<NameserverRow>& before, const NameserverRow& row) {
  Plan plan;
  AddNameserverEffect(plan, before.revision + 1, row);
  return plan;
}

absl::Status CheckNotRetired(const NameserverRow& row) {
  if (row.state() != stored::v1::NAMESERVER_STATE_RETIRED) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("nameserver ", row.id(), " is retired, for good; add another one"));
}

absl::Status CheckNoZones(const store::Reader& view, const std::string& id) {
  absl::StatusOr<std::vector<std::string>> zones = replication::FullView(view).AssignedZones(id, "", 1);
  if (!zones.ok()) return zones.status();
  if (zones->empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("nameserver ", id, " still has zones; `quartet nameserver drain ", id,
                   " --move` moves them away, and it can be retired when they have left"));
}

// Whether a reusable set that names it is in the way of its retirement.
absl::Status CheckInNoSet(const store::Reader& view, const std::string& id) {
  absl::StatusOr<std::vector<Versioned<stored::v1::DelegationSetRow>>> sets = ReadDelegationSets(view);
  if (!sets.ok()) return sets.status();
  for (const Versioned<stored::v1::DelegationSetRow>& set : *sets) {
    const auto& four = set.row.nameservers();
    if (std::find(four.begin(), four.end(), id) == four.end()) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("nameserver ", id, " is in delegation set ", set.row.id(), "; delete that first"));
  }
  return absl::OkStatus();
}

absl::Status CheckState(const PlanContext& context, const Roster& roster, const NameserverRow& row,
                        NameserverState to) {
  switch (to) {
    case stored::v1::NAMESERVER_STATE_ACTIVE:
      if (const NameserverRow* other = ReplacementOf(roster, row)) {
        return absl::FailedPreconditionError(
            absl::StrCat("nameserver ", row.id(), " is being replaced: its slot is that of ", other->id()));
      }
      return absl::OkStatus();
    case stored::v1::NAMESERVER_STATE_DRAINING:
      return absl::OkStatus();
    case stored::v1::NAMESERVER_STATE_RETIRED: {
      absl::Status status = CheckNoZones(context.view, row.id());
      return status.ok() ? CheckInNoSet(context.view, row.id()) : status;
    }
    default:
      return absl::InvalidArgumentError("a nameserver's state is ACTIVE, DRAINING or RETIRED");
  }
}

}  // namespace

absl::StatusOr<Plan> PlanAddresses(const PlanContext& context, const std::string& id,
                                   const std::vector<std::string>& addresses) {
  if (absl::Status status = CheckAddresses(addresses); !status.ok()) return status;
  const absl::StatusOr<const Roster*> read = context.ReadRoster();
  if (!read.ok()) return read.status();
  const Roster& roster = **read;
  absl::StatusOr<Versioned<NameserverRow>> nameserver = FindNameserver(roster, id);
  if (!nameserver.ok()) return nameserver.status();
  absl::Status status = CheckNotRetired(nameserver->row);
  if (status.ok()) status = CheckAddressesFree(roster, id, addresses);
  if (!status.ok()) return status;
  const auto& present = nameserver->row.addresses();
  if (std::equal(present.begin(), present.end(), addresses.begin(), addresses.end())) return Plan();
  NameserverRow row = nameserver->row;
  row.clear_addresses();
  for (const std::string& address : addresses) row.add_addresses(address);
  return PlanRow(*nameserver, row);
}

absl::StatusOr<Plan> PlanNameserverState(const PlanContext& context, const std::string& id,
                                         NameserverState state) {
  const absl::StatusOr<const Roster*> read = context.ReadRoster();
  if (!read.ok()) return read.status();
  const Roster& roster = **read;
  absl::StatusOr<Versioned<NameserverRow>> nameserver = FindNameserver(roster, id);
  if (!nameserver.ok()) return nameserver.status();
  NameserverRow row = nameserver->row;
  if (row.state() == state) return Plan();
  if (absl::Status status = CheckNotRetired(row); !status.ok()) return status;
  if (absl::Status status = CheckState(context, roster, row, state); !status.ok()) return status;
  row.set_state(state);
  return PlanRow(*nameserver, row);
}

absl::StatusOr<Plan> PlanReplacement(const PlanContext& context, const Replacement& replacement) {
  const absl::StatusOr<const Roster*> read = context.ReadRoster();
  if (!read.ok()) return read.status();
  const Roster& roster = **read;
  absl::StatusOr<Versioned<NameserverRow>> old = FindNameserver(roster, replacement.old_id);
  if (!old.ok()) return old.status();
  if (absl::Status status = CheckNotRetired(old->row); !status.ok()) return status;
  if (const NameserverRow* other = ReplacementOf(roster, old->row)) {
    return absl::FailedPreconditionError(
        absl::StrCat("nameserver ", old->row.id(), " is being replaced by ", other->id(), " already"));
  }
  const NewNameserver wanted{replacement.id, old->row.stripe(), old->row.slot(), old->row.region(),
                             replacement.addresses};
  absl::Status status = CheckNewNameserver(wanted);
  if (status.ok()) status = CheckNameFree(roster, wanted.id);
  if (status.ok()) status = CheckAddressesFree(roster, wanted.id, wanted.addresses);
  if (!status.ok()) return status;
  absl::StatusOr<NameserverRow> row = NewNameserverRow(roster, wanted);
  if (!row.ok()) return row.status();
  NameserverRow drained = old->row;
  drained.set_state(stored::v1::NAMESERVER_STATE_DRAINING);
  Plan plan = PlanRow(*old, drained);
  AddNameserverEffect(plan, 1, *row);
  // The sets keep their names, slots and regions, and whoever asks for one gets the new nameserver.
  if (status = ReplaceInDelegationSets(context, drained.id(), row->id(), plan); !status.ok()) return status;
  return plan;
}

const NameserverRow* ReplacementOf(const Roster& roster, const NameserverRow& row) {
  for (const auto& [id, other] : roster.nameservers) {
    if (id != row.id() && other.row.stripe() == row.stripe() && other.row.slot() == row.slot() &&
        other.row.state() == stored::v1::NAMESERVER_STATE_ACTIVE) {
      return &other.row;
    }
  }
  return nullptr;
}

}  // namespace quartet::controller
