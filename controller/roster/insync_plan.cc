#include "controller/roster/insync_plan.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/roster/roster_plans.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using replication::FullView;

absl::Status AddInsync(const PlanContext& context, InsyncTracker& tracker,
                       const std::vector<std::string>& ids, Plan& plan) {
  if (ids.empty()) return absl::OkStatus();
  std::vector<TrackedChange> changes;
  std::vector<std::string> nameservers;
  for (const std::string& id : ids) {
    absl::StatusOr<std::optional<stored::v1::ChangeRow>> row = FullView(context.view).Change(id);
    if (!row.ok()) return row.status();
    if (!row->has_value() || (*row)->insync_time_us() != 0) continue;
    absl::StatusOr<TrackedChange> change = ReadTracked(context.view, **row);
    if (!change.ok()) return change.status();
    nameservers.insert(nameservers.end(), change->targets.begin(), change->targets.end());
    changes.push_back(*std::move(change));
  }
  const absl::StatusOr<Roster> roster = ReadCounted(context.view, tracker.roster(), nameservers);
  if (!roster.ok()) return roster.status();
  stored::v1::InsyncEffect insync;
  for (const TrackedChange& change : changes) {
    if (tracker.MayBeInsync(change, *roster)) insync.add_change_ids(change.id);
  }
  if (!insync.change_ids().empty()) *plan.entry.add_effects()->mutable_insync() = std::move(insync);
  return absl::OkStatus();
}

// Adds the effects of a plan for one node. A node that has gone is none of ours any more.
absl::Status AddNode(absl::StatusOr<Plan> node, Plan& plan) {
  if (absl::IsNotFound(node.status())) return absl::OkStatus();
  if (!node.ok()) return node.status();
  for (stored::v1::Effect& effect : *node->entry.mutable_effects())
    *plan.entry.add_effects() = std::move(effect);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Plan> PlanResults(const PlanContext& context, InsyncTracker& tracker,
                                 const InsyncTracker::Results& results) {
  Plan plan;
  // Before the nodes: what becomes INSYNC here, a node counted here has to cover.
  if (absl::Status status = AddInsync(context, tracker, results.insync, plan); !status.ok()) return status;
  for (const std::string& node : results.count) {
    if (!tracker.MayCount(node)) continue;
    if (absl::Status status = AddNode(PlanCounted(context, node), plan); !status.ok()) return status;
  }
  for (const std::string& node : results.drained) {
    if (!tracker.SocketsClosed(node)) continue;
    if (absl::Status status = AddNode(PlanDrained(context, node), plan); !status.ok()) return status;
  }
  return plan;
}

TrackedChange Tracked(const stored::v1::ChangeRow& change, const stored::v1::ZoneRow& zone) {
  return {change.id(),       change.zone_id(), change.index(),
          change.revision(), TargetsOf(zone),  RetiringOf(zone)};
}

absl::StatusOr<TrackedChange> ReadTracked(const store::Reader& reader, const stored::v1::ChangeRow& change) {
  absl::StatusOr<std::optional<stored::v1::ZoneRow>> zone = FullView(reader).Zone(change.zone_id());
  if (!zone.ok()) return zone.status();
  // It was purged, once its deletion was INSYNC: nobody is waited for.
  if (!zone->has_value()) return Tracked(change, stored::v1::ZoneRow());
  return Tracked(change, **zone);
}

}  // namespace quartet::controller
