#include "tests/simulation/checks.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "replication/replica/full_view.h"
#include "replication/replica/node_meta.h"
#include "replication/replica/node_zone.h"

namespace quartet::simulation {
namespace {

bool Has(const ZoneRevision* revision, const SimNode& node) {
  return revision != nullptr && revision->nameservers.count(node.nameserver()) != 0;
}

Finding CheckServedZone(const SimNode& node, const std::string& zone_id,
                        const replication::ServedZone& served, const Truth& truth) {
  auto history = truth.zones().find(zone_id);
  if (history == truth.zones().end())
    return absl::StrCat(node.name(), " serves ", zone_id, ", which is no zone");
  const ZoneRevision* revision = history->second.At(served.revision);
  const std::string what = absl::StrCat(node.name(), " serves ", zone_id, " at revision ", served.revision);
  if (revision == nullptr) return absl::StrCat(what, ", which was never committed");
  if (!Has(revision, node)) return absl::StrCat(what, ", where it is not assigned to ", node.nameserver());
  if (served.digest != revision->digest) return absl::StrCat(what, " with another digest than the log's");
  if (served.records != *revision->records)
    return absl::StrCat(what, " with other record sets than the log's");
  return std::nullopt;
}

// What a replica should have of a zone as of `index`; 0: nothing.
uint64_t ExpectedRevision(const SimNode& node, const ZoneHistory& history, uint64_t index) {
  const uint64_t revision = history.RevisionAsOf(index);
  return Has(history.At(revision), node) ? revision : 0;
}

}  // namespace

Finding CheckServed(const SimNode& node, const Truth& truth) {
  if (!node.running()) return std::nullopt;
  for (const auto& [zone_id, served] : node.served().zones()) {
    if (served.failing) continue;
    if (Finding finding = CheckServedZone(node, zone_id, served, truth)) return finding;
  }
  return std::nullopt;
}

Finding CheckInsync(const SimNode& node, const Truth& truth) {
  if (!node.running() || !node.serving() || !truth.IsCounted(node.name())) return std::nullopt;
  for (const auto& [zone_id, history] : truth.zones()) {
    if (history.insync == 0 || node.damaged().count(zone_id) != 0) continue;
    auto served = node.served().zones().find(zone_id);
    const bool has = served != node.served().zones().end();
    const std::string what = absl::StrCat(
        "revision ", history.insync, " of ", zone_id, " is INSYNC, but ", node.name(), " serves ",
        !has                     ? "nothing"
        : served->second.failing ? "SERVFAIL"
                                 : absl::StrCat("revision ", served->second.revision));
    if (!Has(history.At(history.insync), node)) {
      // Deleted: for those who had it.
      if (has && !served->second.failing && served->second.revision < history.insync) return what;
      continue;
    }
    const bool later_gone =
        !has && std::any_of(history.revisions.upper_bound(history.insync), history.revisions.end(),
                            [&](const auto& later) { return !Has(&later.second, node); });
    if (later_gone) continue;
    if (!has || served->second.failing || served->second.revision < history.insync) return what;
  }
  return std::nullopt;
}

Finding CheckReplica(const SimNode& node, const Truth& truth) {
  absl::StatusOr<std::optional<replication::NodeMeta>> meta = replication::ReadNodeMeta(node.disk());
  absl::StatusOr<replication::NodeZones> zones = replication::ReadNodeZones(node.disk());
  if (!meta.ok() || !zones.ok()) return absl::StrCat("the disk of ", node.name(), " can't be read");
  if (!meta->has_value() || !(*meta)->cursor.has_value()) return std::nullopt;
  const uint64_t index = (*meta)->cursor->index;
  for (const auto& [zone_id, history] : truth.zones()) {
    const uint64_t expected = ExpectedRevision(node, history, index);
    auto zone = zones->find(zone_id);
    if (zone != zones->end() && zone->second.is_behind()) continue;
    const uint64_t stored = zone == zones->end() ? 0 : zone->second.row.revision();
    if (stored == expected) continue;
    return absl::StrCat(node.name(), " at ", index, " has revision ", stored, " of ", zone_id, ", not ",
                        expected, ", and does not know that it is behind");
  }
  for (const auto& [zone_id, zone] : *zones) {
    if (truth.zones().count(zone_id) == 0)
      return absl::StrCat(node.name(), " has ", zone_id, ", which is no zone");
  }
  return std::nullopt;
}

Finding CheckAcknowledged(const std::vector<Acknowledged>& changes, const SimController& controller,
                          const Truth& truth) {
  if (!controller.running()) return std::nullopt;
  const replication::FullView view(controller.disk());
  for (const Acknowledged& change : changes) {
    absl::StatusOr<std::optional<stored::v1::ChangeRow>> row = view.Change(change.change_id);
    if (!row.ok() || !row->has_value() || (*row)->index() != change.position.index ||
        !truth.HasChange(change.change_id)) {
      return absl::StrCat("the acknowledged change ", change.change_id, " at ", change.position.index,
                          " is lost");
    }
    absl::StatusOr<replication::Position> position = controller.log()->PositionAt(change.position.index);
    if (position.ok() && *position != change.position) {
      return absl::StrCat("another entry is at ", change.position.index, " than was acknowledged");
    }
  }
  return std::nullopt;
}

Finding CheckConverged(const SimNodes& nodes, const Truth& truth) {
  for (const auto& [name, node] : nodes) {
    if (!node->running() || !node->serving()) return absl::StrCat(name, " does not serve");
    if (node->cursor() != truth.head()) {
      return absl::StrCat(name, " is at ", node->cursor().index, ", the log at ", truth.head().index);
    }
    for (const auto& [zone_id, history] : truth.zones()) {
      const uint64_t expected = ExpectedRevision(*node, history, truth.head().index);
      auto served = node->served().zones().find(zone_id);
      const bool has = served != node->served().zones().end();
      if (expected == 0 && !has) continue;
      if (has && !served->second.failing && served->second.revision == expected) continue;
      return absl::StrCat(name, " does not serve revision ", expected, " of ", zone_id);
    }
  }
  if (truth.pending_changes() == 0) return std::nullopt;
  return absl::StrCat(truth.pending_changes(), " changes are not INSYNC");
}

}  // namespace quartet::simulation
