#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/core_alarms.h"
#include "controller/core_impl.h"
#include "controller/proposals.h"
#include "controller/roster/roster.h"
#include "controller/roster/roster_messages.h"
#include "controller/roster/roster_plans.h"
#include "controller/zones/zone_queries.h"
#include "dns/name/name.h"
#include "replication/base/log.h"

namespace quartet::controller {

absl::StatusOr<admin::v1::Stripe> Core::SetStripeDomain(const Caller& caller,
                                                        const admin::v1::SetStripeDomainRequest& request) {
  absl::StatusOr<std::string> id = IdIn("stripes/", request.name());
  if (!id.ok()) return id.status();
  absl::StatusOr<dns::Name> domain = ReadDomain(request.domain());
  if (!domain.ok()) return domain.status();
  absl::StatusOr<Outcome> outcome = Propose(MakeProposal(
      caller, "", "SetStripeDomain", request, [stripe = *id, name = *domain](const PlanContext& context) {
        return PlanStripeDomain(context, stripe, name);
      }));
  if (!outcome.ok()) return outcome.status();
  absl::StatusOr<Roster> roster = ReadRoster(*store_->Snapshot());
  if (!roster.ok()) return roster.status();
  return StripeMessage(roster->stripes[*id].row);
}

absl::StatusOr<admin::v1::ListStripesResponse> Core::ListStripes() {
  absl::StatusOr<Roster> roster = ReadRoster(*store_->Snapshot());
  if (!roster.ok()) return roster.status();
  admin::v1::ListStripesResponse response;
  for (const auto& [id, stripe] : roster->stripes) *response.add_stripes() = StripeMessage(stripe.row);
  return response;
}

absl::StatusOr<admin::v1::Nameserver> Core::CreateNameserver(
    const Caller& caller, const admin::v1::CreateNameserverRequest& request) {
  const admin::v1::Nameserver& asked = request.nameserver();
  absl::StatusOr<std::string> id = IdIn("nameservers/", asked.name());
  if (!id.ok()) return id.status();
  absl::StatusOr<std::vector<std::string>> addresses = ParseAddresses(asked.addresses());
  if (!addresses.ok()) return addresses.status();
  const NewNameserver wanted{*id, asked.stripe(), asked.slot(), asked.region(), *std::move(addresses)};
  if (absl::Status status = CheckNewNameserver(wanted); !status.ok()) return status;
  absl::StatusOr<Outcome> outcome =
      Propose(MakeProposal(caller, "", "CreateNameserver", request,
                           [wanted](const PlanContext& context) { return PlanNameserver(context, wanted); }));
  if (!outcome.ok()) return outcome.status();
  absl::StatusOr<Roster> roster = ReadRoster(*store_->Snapshot());
  if (!roster.ok()) return roster.status();
  return NameserverMessage(roster->nameservers[*id].row, 0);
}

absl::StatusOr<admin::v1::ListNameserversResponse> Core::ListNameservers() {
  absl::StatusOr<Roster> roster = ReadRoster(*store_->Snapshot());
  if (!roster.ok()) return roster.status();
  // One that is replaced, or retired, shares its slot.
  std::map<std::tuple<std::string, uint32_t, std::string>, const stored::v1::NameserverRow*> ordered;
  for (const auto& [id, nameserver] : roster->nameservers) {
    ordered[{nameserver.row.stripe(), nameserver.row.slot(), id}] = &nameserver.row;
  }
  admin::v1::ListNameserversResponse response;
  for (const auto& [place, row] : ordered) {
    *response.add_nameservers() = NameserverMessage(*row, usage_.ZonesOf(row->id()));
  }
  return response;
}

absl::StatusOr<admin::v1::Node> Core::CreateNode(const Caller& caller,
                                                 const admin::v1::CreateNodeRequest& request) {
  absl::StatusOr<std::string> id = IdIn("nodes/", request.name());
  if (!id.ok()) return id.status();
  absl::StatusOr<std::string> nameserver = IdIn("nameservers/", request.nameserver());
  if (!nameserver.ok()) return nameserver.status();
  if (absl::Status status = CheckNodeId(*id); !status.ok()) return status;
  return ProposeNode(*id, MakeProposal(caller, "", "CreateNode", request,
                                       [node = *id, of = *nameserver](const PlanContext& context) {
                                         return PlanNode(context, node, of);
                                       }));
}

absl::StatusOr<admin::v1::ListNodesResponse> Core::ListNodes() {
  absl::StatusOr<Roster> roster = ReadRoster(*store_->Snapshot());
  if (!roster.ok()) return roster.status();
  admin::v1::ListNodesResponse response;
  for (const auto& [id, node] : roster->nodes) *response.add_nodes() = NodeOf(node.row);
  return response;
}

admin::v1::Node Core::NodeOf(const stored::v1::NodeRow& row) const {
  admin::v1::Node node = driver_->Describe(row, thread_->state().head.index);
  node.set_alarms(static_cast<uint32_t>(healths_.alarms(row.id())));
  return node;
}

absl::StatusOr<admin::v1::Node> Core::GetNode(const admin::v1::GetNodeRequest& request) {
  absl::StatusOr<std::string> id = IdIn("nodes/", request.name());
  if (!id.ok()) return id.status();
  absl::StatusOr<Roster> roster = ReadRoster(*store_->Snapshot());
  if (!roster.ok()) return roster.status();
  const auto found = roster->nodes.find(*id);
  if (found == roster->nodes.end()) return absl::NotFoundError(absl::StrCat("there is no node ", *id));
  admin::v1::Node node = NodeOf(found->second.row);
  if (std::optional<admin::v1::NodeHealth> health = healths_.Of(*id))
    *node.mutable_health() = *std::move(health);
  return node;
}

absl::StatusOr<admin::v1::AllowRepairResponse> Core::AllowRepair(
    const Caller& caller, const admin::v1::AllowRepairRequest& request) {
  absl::StatusOr<std::string> id = IdIn("nodes/", request.node());
  if (!id.ok()) return id.status();
  const std::unique_ptr<store::Reader> reader = store_->Snapshot();
  absl::StatusOr<Roster> roster = ReadRoster(*reader);
  if (!roster.ok()) return roster.status();
  if (roster->nodes.count(*id) == 0) return absl::NotFoundError(absl::StrCat("there is no node ", *id));
  std::string zone_id;
  if (!request.zone().empty()) {
    absl::StatusOr<stored::v1::ZoneRow> zone = FindZone(*reader, request.zone());
    if (!zone.ok()) return zone.status();
    zone_id = zone->id();
  }
  if (absl::Status told = nodes_->AllowRepair(*id, zone_id); !told.ok()) return told;
  LogInfo("{} allows node {} {}", caller.principal, *id,
          zone_id.empty() ? "all repairs that stopped at a limit" : "the repair of zone " + zone_id);
  return admin::v1::AllowRepairResponse();
}

void Core::OnHealth(const std::string& node, const quartet::replication::v1::Health& health) {
  if (healths_.Update(node, health, clock_.WallMicros())) driver_->watches().RosterMoved();
}

void Core::AddNodeAlarms(const Roster& roster, admin::v1::Status& status) const {
  for (const auto& [id, node] : roster.nodes) {
    if (node.row.state() == stored::v1::NODE_STATE_DRAINED) continue;
    const std::optional<admin::v1::NodeHealth> health = healths_.Of(id);
    if (!health.has_value()) continue;
    for (const std::string& alarm : health->alarms()) AddAlarm(absl::StrCat("nodes/", id), "", alarm, status);
  }
}

std::unique_ptr<Watch> Core::WatchNodes(std::function<void()> moved) {
  return driver_->watches().AddNodes(std::move(moved));
}

absl::StatusOr<admin::v1::Node> Core::DrainNode(const Caller& caller,
                                                const admin::v1::DrainNodeRequest& request) {
  absl::StatusOr<std::string> id = IdIn("nodes/", request.name());
  if (!id.ok()) return id.status();
  return ProposeNode(*id, MakeProposal(caller, "", "DrainNode", request,
                                       [this, node = *id, force = request.force()](
                                           const PlanContext& context) -> absl::StatusOr<Plan> {
                                         if (force) return PlanForcedDrain(context, node);
                                         absl::StatusOr<Plan> plan = PlanDrain(context, node);
                                         if (!plan.ok() || plan->entry.effects().empty()) return plan;
                                         if (driver_->IsConnected(node)) return plan;
                                         return absl::FailedPreconditionError(
                                             absl::StrCat("node ", node,
                                                          " is not connected, so it can't confirm that its "
                                                          "sockets are closed; if it is gone for good, force "
                                                          "it (quartet node drain ",
                                                          node, " --force)"));
                                       }));
}

std::vector<NodePlace> Core::Connected(const std::vector<std::string>& nameservers) const {
  std::vector<NodePlace> places;
  for (auto& [node, index] : driver_->Connected(nameservers)) places.push_back({node, index});
  return places;
}

absl::StatusOr<bool> Core::IsServed(const store::Reader& view, const std::string& nameserver,
                                    const std::string& zone_id, uint64_t index, uint64_t revision) const {
  return driver_->Serves(view, nameserver, {"", zone_id, index, revision, {}});
}

absl::StatusOr<admin::v1::Node> Core::ProposeNode(const std::string& id, absl::StatusOr<Proposal> proposal) {
  absl::StatusOr<Outcome> outcome = Propose(std::move(proposal));
  if (!outcome.ok()) return outcome.status();
  absl::StatusOr<Roster> roster = ReadRoster(*store_->Snapshot());
  if (!roster.ok()) return roster.status();
  return NodeOf(roster->nodes[id].row);
}

}  // namespace quartet::controller
