#include "controller/assignment/four.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "controller/assignment/set_rules.h"
#include "controller/sequencer/first_entry.h"
#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using replication::FullView;
using stored::v1::NameserverRow;

constexpr absl::string_view kStripeIds = "abcd";

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

// Why there is no set, though nobody is excluded.
std::string WhatIsMissing(const Seats& seats) {
  std::string empty;
  for (size_t stripe = 0; stripe < kStripes; ++stripe) {
    if (seats[stripe].empty())
      absl::StrAppend(&empty, empty.empty() ? "" : ", ", kStripeIds.substr(stripe, 1));
  }
  if (empty.empty()) {
    return "no delegation set can be formed: no four slots a, b, c and a xor b xor c are all taken; add "
           "nameservers";
  }
  return absl::StrCat(
      "no delegation set can be formed: a zone needs a nameserver of each stripe, and stripe ", empty,
      " has none that takes zones; add one with `quartet nameserver add`");
}

std::set<std::string> Everybody(const Seats& seats) {
  std::set<std::string> everybody;
  for (const auto& stripe : seats) {
    for (const auto& [slot, seat] : stripe) everybody.insert(seat.nameserver);
  }
  return everybody;
}

absl::StatusOr<std::optional<Four>> Choose(const store::Reader& view, const Seats& seats,
                                           absl::string_view draw, const std::set<std::string>& excluded) {
  absl::StatusOr<std::string> secret = AssignmentSecret(view);
  if (!secret.ok()) return secret.status();
  const std::optional<DelegationSet> set = ChooseSet(seats, *secret, draw, excluded);
  if (!set.has_value()) return std::optional<Four>();
  Four four;
  for (size_t i = 0; i < kStripes; ++i) four[i] = (*set)[i]->nameserver;
  return std::make_optional(four);
}

absl::Status NotActive(const NameserverRow& row) {
  return absl::FailedPreconditionError(
      absl::StrCat("nameserver ", row.id(), " is ",
                   row.state() == stored::v1::NAMESERVER_STATE_RETIRED ? "retired" : "draining",
                   ": it gets no new zones"));
}

}  // namespace

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

absl::StatusOr<Four> ChooseFour(const store::Reader& view, const Roster& roster, const ZonePlace& zone,
                                absl::string_view draw, const UsageFn& usage) {
  const Seats seats = SeatsOf(roster, usage);
  absl::StatusOr<std::set<std::string>> excluded =
      ExcludedNameservers(view, zone.name, zone.account, Everybody(seats), zone.zone_id);
  if (!excluded.ok()) return excluded.status();
  excluded->insert(zone.not_these.begin(), zone.not_these.end());
  absl::StatusOr<std::optional<Four>> four = Choose(view, seats, draw, *excluded);
  if (!four.ok()) return four.status();
  if (four->has_value()) return **four;
  bool any = false;
  VisitSets(seats, [&any](const DelegationSet&) {
    any = true;
    return false;
  });
  if (!any) return absl::FailedPreconditionError(WhatIsMissing(seats));
  return absl::FailedPreconditionError(absl::StrCat(
      "no delegation set can be formed: ", zone.name.ToString(),
      " must not share a nameserver with other zones of that name, nor with those of other accounts "
      "above or below it, and these leave none; add nameservers"));
}

absl::StatusOr<Four> ChooseAnyFour(const store::Reader& view, const Roster& roster, absl::string_view draw,
                                   const UsageFn& usage) {
  const Seats seats = SeatsOf(roster, usage);
  absl::StatusOr<std::optional<Four>> four = Choose(view, seats, draw, {});
  if (!four.ok()) return four.status();
  if (!four->has_value()) return absl::FailedPreconditionError(WhatIsMissing(seats));
  return **four;
}

absl::StatusOr<Four> CheckFour(const Roster& roster, const std::vector<std::string>& nameservers) {
  if (nameservers.size() != kStripes) {
    return absl::InvalidArgumentError("a delegation set is four nameservers, one of each stripe");
  }
  std::array<const NameserverRow*, kStripes> rows{};
  for (const std::string& id : nameservers) {
    const auto found = roster.nameservers.find(id);
    if (found == roster.nameservers.end()) {
      return absl::NotFoundError(
          absl::StrCat("there is no nameserver ", absl::string_view(id).substr(0, 64)));
    }
    const NameserverRow& row = found->second.row;
    if (row.state() != stored::v1::NAMESERVER_STATE_ACTIVE) return NotActive(row);
    const int stripe = StripeIndex(row.stripe());
    if (stripe < 0) return absl::DataLossError(absl::StrCat("nameserver ", id, " has a damaged stripe"));
    if (rows[stripe] != nullptr) {
      return absl::FailedPreconditionError(absl::StrCat("these are no delegation set: ", rows[stripe]->id(),
                                                        " and ", id, " are both of stripe ", row.stripe()));
    }
    rows[stripe] = &row;
  }
  if ((rows[0]->slot() ^ rows[1]->slot() ^ rows[2]->slot()) != rows[3]->slot()) {
    return absl::FailedPreconditionError(
        absl::StrCat("these are no delegation set: slots ", rows[0]->slot(), ", ", rows[1]->slot(), " and ",
                     rows[2]->slot(), " go with slot ", rows[0]->slot() ^ rows[1]->slot() ^ rows[2]->slot(),
                     " of stripe d, and ", rows[3]->id(), " is in slot ", rows[3]->slot(),
                     "; so no two sets share more than two nameservers (docs/delegation.md)"));
  }
  Four four;
  for (size_t i = 0; i < kStripes; ++i) four[i] = rows[i]->id();
  return four;
}

absl::Status CheckPlace(const store::Reader& view, const ZonePlace& zone, const Four& four) {
  absl::StatusOr<std::set<std::string>> excluded =
      ExcludedNameservers(view, zone.name, zone.account, {four.begin(), four.end()}, zone.zone_id);
  if (!excluded.ok()) return excluded.status();
  for (const std::string& nameserver : four) {
    if (!excluded->contains(nameserver)) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("nameserver ", nameserver, " has another zone of the name ", zone.name.ToString(),
                     ", or one of another account above or below it: these two must not share a nameserver"));
  }
  return absl::OkStatus();
}

}  // namespace quartet::controller
