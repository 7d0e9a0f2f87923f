#include "controller/roster/nameservers.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/proposals.h"
#include "controller/roster/nameserver_states.h"
#include "controller/roster/roster.h"
#include "controller/roster/roster_messages.h"
#include "controller/roster/roster_plans.h"

namespace quartet::controller {

absl::StatusOr<admin::v1::Nameserver> Nameservers::Update(const Caller& caller,
                                                          const admin::v1::UpdateNameserverRequest& request) {
  absl::StatusOr<std::string> id = IdIn("nameservers/", request.name());
  if (!id.ok()) return id.status();
  absl::StatusOr<std::vector<std::string>> addresses = ParseAddresses(request.addresses());
  if (!addresses.ok()) return addresses.status();
  return Propose(*id, MakeProposal(caller, "", "UpdateNameserver", request,
                                   [id = *id, addresses = *addresses](const PlanContext& context) {
                                     return PlanAddresses(context, id, addresses);
                                   }));
}

absl::StatusOr<admin::v1::Nameserver> Nameservers::SetState(
    const Caller& caller, const admin::v1::SetNameserverStateRequest& request) {
  absl::StatusOr<std::string> id = IdIn("nameservers/", request.name());
  if (!id.ok()) return id.status();
  // Both count alike.
  const auto state = static_cast<stored::v1::NameserverState>(request.state());
  return Propose(*id, MakeProposal(caller, "", "SetNameserverState", request,
                                   [id = *id, state](const PlanContext& context) {
                                     return PlanNameserverState(context, id, state);
                                   }));
}

absl::StatusOr<admin::v1::Nameserver> Nameservers::Replace(
    const Caller& caller, const admin::v1::ReplaceNameserverRequest& request) {
  absl::StatusOr<std::string> old_id = IdIn("nameservers/", request.name());
  if (!old_id.ok()) return old_id.status();
  absl::StatusOr<std::string> id = IdIn("nameservers/", request.replacement());
  if (!id.ok()) return id.status();
  absl::StatusOr<std::vector<std::string>> addresses = ParseAddresses(request.addresses());
  if (!addresses.ok()) return addresses.status();
  const Replacement replacement{*old_id, *id, *addresses};
  return Propose(
      *id, MakeProposal(caller, "", "ReplaceNameserver", request, [replacement](const PlanContext& context) {
        return PlanReplacement(context, replacement);
      }));
}

absl::StatusOr<admin::v1::Nameserver> Nameservers::Propose(const std::string& id,
                                                           absl::StatusOr<Proposal> proposal) {
  if (!proposal.ok()) return proposal.status();
  absl::StatusOr<Outcome> outcome = ProposeAndWait(host_, *std::move(proposal));
  if (!outcome.ok()) return outcome.status();
  absl::StatusOr<Roster> roster = ReadRoster(*host_.replica().Snapshot());
  if (!roster.ok()) return roster.status();
  const auto found = roster->nameservers.find(id);
  if (found == roster->nameservers.end())
    return absl::NotFoundError(absl::StrCat("there is no nameserver ", id));
  return NameserverMessage(found->second.row, host_.ZonesOf(id));
}

}  // namespace quartet::controller
