#include "controller/assignment/delegation_sets.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/assignment/blast_radius.h"
#include "controller/assignment/move_plans.h"
#include "controller/assignment/reusable_sets.h"
#include "controller/proposals.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_queries.h"

namespace quartet::controller {
namespace {

absl::StatusOr<std::vector<std::string>> NameserverIds(
    const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::vector<std::string> ids;
  for (const std::string& name : names) {
    absl::StatusOr<std::string> id = IdIn("nameservers/", name);
    if (!id.ok()) return id.status();
    ids.push_back(*std::move(id));
  }
  return ids;
}

admin::v1::DelegationSet SetMessage(const stored::v1::DelegationSetRow& row, uint64_t zones) {
  admin::v1::DelegationSet message;
  message.set_name(absl::StrCat("delegationSets/", row.id()));
  for (const std::string& id : row.nameservers()) message.add_nameservers(absl::StrCat("nameservers/", id));
  message.set_comment(row.comment());
  message.set_zones(zones);
  return message;
}

}  // namespace

absl::StatusOr<admin::v1::DelegationSet> DelegationSets::Create(
    const Caller& caller, const admin::v1::CreateDelegationSetRequest& request) {
  absl::StatusOr<std::string> id = IdIn("delegationSets/", request.delegation_set().name());
  if (!id.ok()) return id.status();
  absl::StatusOr<std::vector<std::string>> nameservers =
      NameserverIds(request.delegation_set().nameservers());
  if (!nameservers.ok()) return nameservers.status();
  NewDelegationSet wanted{*id, request.delegation_set().comment(), "", *std::move(nameservers)};
  absl::StatusOr<Proposal> proposal =
      MakeProposal(caller, "", "CreateDelegationSet", request, [this, wanted](const PlanContext& context) {
        return PlanDelegationSet(context, wanted,
                                 [this](const std::string& nameserver) { return host_.ZonesOf(nameserver); });
      });
  if (!proposal.ok()) return proposal.status();
  absl::StatusOr<Outcome> outcome = ProposeAndWait(host_, *std::move(proposal));
  if (!outcome.ok()) return outcome.status();
  absl::StatusOr<admin::v1::ListDelegationSetsResponse> all = List();
  if (!all.ok()) return all.status();
  for (const admin::v1::DelegationSet& set : all->delegation_sets()) {
    if (set.name() == request.delegation_set().name()) return set;
  }
  return absl::AbortedError(absl::StrCat("delegation set ", *id, " was made, and deleted at once"));
}

absl::StatusOr<admin::v1::ListDelegationSetsResponse> DelegationSets::List() const {
  absl::StatusOr<std::vector<Versioned<stored::v1::DelegationSetRow>>> sets =
      ReadDelegationSets(*host_.replica().Snapshot());
  if (!sets.ok()) return sets.status();
  admin::v1::ListDelegationSetsResponse response;
  for (const Versioned<stored::v1::DelegationSetRow>& set : *sets)
    *response.add_delegation_sets() = SetMessage(set.row, host_.ZonesOfSet(set.row.id()));
  return response;
}

absl::StatusOr<admin::v1::DeleteDelegationSetResponse> DelegationSets::Delete(
    const Caller& caller, const admin::v1::DeleteDelegationSetRequest& request) {
  absl::StatusOr<std::string> id = IdIn("delegationSets/", request.name());
  if (!id.ok()) return id.status();
  absl::StatusOr<Proposal> proposal =
      MakeProposal(caller, "", "DeleteDelegationSet", request,
                   [this, set = *id](const PlanContext& context) -> absl::StatusOr<Plan> {
                     const uint64_t zones = host_.ZonesOfSet(set);
                     if (zones == 0) return PlanDelegationSetDeletion(context, set);
                     return absl::FailedPreconditionError(absl::StrCat(
                         "delegation set ", set, " is used by ", zones,
                         " zones; delete them, or give them others with `quartet zone reassign`"));
                   });
  if (!proposal.ok()) return proposal.status();
  absl::StatusOr<Outcome> outcome = ProposeAndWait(host_, *std::move(proposal));
  if (!outcome.ok()) return outcome.status();
  return admin::v1::DeleteDelegationSetResponse();
}

absl::StatusOr<admin::v1::Zone> DelegationSets::Reassign(const Caller& caller,
                                                         const admin::v1::ReassignZoneRequest& request) {
  absl::StatusOr<stored::v1::ZoneRow> row = FindActiveZone(*host_.replica().Snapshot(), request.zone());
  if (!row.ok()) return row.status();
  absl::StatusOr<dns::Name> apex = ApexOf(*row);
  if (!apex.ok()) return apex.status();
  MoveTarget target;
  absl::StatusOr<std::vector<std::string>> nameservers = NameserverIds(request.nameservers());
  if (!nameservers.ok()) return nameservers.status();
  target.nameservers = *std::move(nameservers);
  absl::StatusOr<std::string> set = ReadDelegationSetName(request.delegation_set());
  if (!set.ok()) return set.status();
  target.delegation_set = *std::move(set);
  absl::StatusOr<Proposal> proposal = MakeProposal(
      caller, row->account(), "ReassignZone", request,
      [this, id = row->id(), apex = *apex, target](const PlanContext& context) -> absl::StatusOr<Plan> {
        if (absl::Status sound = host_.CheckSound(id, apex); !sound.ok()) return sound;
        return PlanMove(context, id, target,
                        [this](const std::string& nameserver) { return host_.ZonesOf(nameserver); });
      });
  if (!proposal.ok()) return proposal.status();
  proposal->zone_id = row->id();
  absl::StatusOr<Outcome> outcome = ProposeAndWait(host_, *std::move(proposal));
  if (!outcome.ok()) return outcome.status();
  const std::unique_ptr<store::Reader> reader = host_.replica().Snapshot();
  row = FindZone(*reader, absl::StrCat("zones/", row->id()));
  if (!row.ok()) return row.status();
  return ReadZoneMessage(*reader, *row);
}

absl::StatusOr<admin::v1::BlastRadius> DelegationSets::GetBlastRadius(
    const admin::v1::GetBlastRadiusRequest& request) const {
  return BlastRadiusOf(*host_.replica().Snapshot(), request);
}

}  // namespace quartet::controller
