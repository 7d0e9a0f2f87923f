#include "tests/simulation/checks.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::simulation {
namespace {

namespace layout = replication::layout;

struct StoredZone {
  // 0: it is not there.
  uint64_t revision = 0;
  bool behind = false;
  // That it was settled in.
  uint64_t epoch = 0;
};

StoredZone ReadStored(const store::Reader& disk, const std::string& zone_id) {
  StoredZone zone;
  stored::v1::NodeZoneRow row;
  stored::v1::ZoneLocalRow local;
  const auto row_bytes = disk.Get(layout::Zone(zone_id));
  const auto local_bytes = disk.Get(layout::ZoneLocal(zone_id));
  if (row_bytes.ok() && row_bytes->has_value() && row.ParseFromString(**row_bytes))
    zone.revision = row.revision();
  if (local_bytes.ok() && local_bytes->has_value() && local.ParseFromString(**local_bytes)) {
    zone.behind = !local.behind().empty();
    zone.epoch = local.epoch();
  }
  return zone;
}

// What a replica should have of a zone as of `index`; 0: nothing.
uint64_t ExpectedRevision(const std::string& nameserver, const Timeline& timeline, const std::string& zone_id,
                          uint64_t index) {
  const auto zone = timeline.zones().find(zone_id);
  if (zone == timeline.zones().end()) return 0;
  const uint64_t revision = zone->second.RevisionAsOf(index);
  const ZoneRevision* at = zone->second.At(revision);
  return at != nullptr && at->IsAt(nameserver) ? revision : 0;
}

// What is wrong with what is served of a zone, by this log; nothing if it is that revision.
Finding Differs(const SimNode& node, const std::string& zone_id, const replication::ServedZone& served,
                const Timeline& timeline) {
  const std::string what = absl::StrCat(node.name(), " serves ", zone_id, " at revision ", served.revision);
  const auto history = timeline.zones().find(zone_id);
  const ZoneRevision* revision =
      history == timeline.zones().end() ? nullptr : history->second.At(served.revision);
  if (revision == nullptr) return absl::StrCat(what, ", which was never committed");
  if (!revision->IsAt(node.nameserver()))
    return absl::StrCat(what, ", where it is not assigned to ", node.nameserver());
  if (served.digest != revision->digest) return absl::StrCat(what, " with another digest than the log's");
  if (served.records != *revision->records)
    return absl::StrCat(what, " with other record sets than the log's");
  return std::nullopt;
}

// Each has a counted node: without one nothing becomes INSYNC there.
bool HaveNodes(const Timeline& timeline, const Names& nameservers) {
  return std::all_of(nameservers.begin(), nameservers.end(), [&](const std::string& nameserver) {
    return std::any_of(timeline.nodes().begin(), timeline.nodes().end(), [&](const auto& node) {
      return node.second.nameserver == nameserver && node.second.counted();
    });
  });
}

const replication::ServedZone* Served(const SimNode& node, const std::string& zone_id) {
  const auto found = node.served().zones().find(zone_id);
  return found == node.served().zones().end() ? nullptr : &found->second;
}

}  // namespace

void Checks::NodeWritten(const SimNode& node, const std::set<std::string>& zones, bool anew) {
  if (!node.running()) return;
  world_.Check(CheckAnswers(node));
  const Timeline* timeline = world_.truth.Of(node.cursor().epoch);
  if (node.cursor().epoch == 0) {
    for (const std::string& zone_id : zones) world_.Check(CheckServed(node, zone_id));
    return;
  }
  world_.Check(CheckPlace(node));
  if (timeline == nullptr || world_.finding.has_value()) return;
  for (const std::string& zone_id : ZonesToCheck(node, *timeline, zones, anew)) {
    // Before the first fill is done nothing of it is relied on: after a restart it asks for an inventory again.
    if (node.settled() && node.complete()) world_.Check(CheckStored(node, *timeline, zone_id));
    world_.Check(CheckServed(node, zone_id));
    world_.Check(CheckInsync(node, zone_id));
  }
}

std::set<std::string> Checks::ZonesToCheck(const SimNode& node, const Timeline& timeline,
                                           const std::set<std::string>& zones, bool anew) {
  std::set<std::string> wanted = zones;
  replication::Position& checked = checked_[node.name()];
  const replication::Position cursor = node.cursor();
  if (anew || checked.epoch != cursor.epoch || checked.index > cursor.index) {
    for (const auto& [zone_id, history] : timeline.zones()) wanted.insert(zone_id);
    for (const auto& [zone_id, served] : node.served().zones()) wanted.insert(zone_id);
  } else {
    for (uint64_t index = checked.index + 1; index <= cursor.index; ++index) {
      const std::vector<std::string>& touched = timeline.Touched(index);
      wanted.insert(touched.begin(), touched.end());
    }
  }
  if (node.settled()) checked = node.complete() ? cursor : replication::Position();
  return wanted;
}

Finding Checks::CheckPlace(const SimNode& node) const {
  const replication::Position cursor = node.cursor();
  const Timeline* timeline = world_.truth.Of(cursor.epoch);
  if (timeline == nullptr || !timeline->Has(cursor))
    return absl::StrCat(node.name(), " is at ", ToString(cursor), ", which is no place in the log");
  if (world_.unconfirmed && timeline == &world_.truth.now)
    return absl::StrCat(node.name(), " took a restored state that nobody has confirmed");
  return std::nullopt;
}

Finding Checks::CheckStored(const SimNode& node, const Timeline& timeline, const std::string& zone_id) const {
  const replication::Position cursor = node.cursor();
  const StoredZone stored = ReadStored(node.disk(), zone_id);
  const uint64_t expected = ExpectedRevision(node.nameserver(), timeline, zone_id, cursor.index);
  if (!stored.behind && stored.revision != expected) {
    return absl::StrCat(node.name(), " at ", cursor.index, " has revision ", stored.revision, " of ", zone_id,
                        ", not ", expected, ", and does not know that it is behind");
  }
  const auto bytes = node.disk().Get(layout::Stage(zone_id));
  stored::v1::StageRow stage;
  if (!bytes.ok() || !bytes->has_value() || !stage.ParseFromString(**bytes)) return std::nullopt;
  if (stage.epoch() == cursor.epoch && timeline.StageWasOpen(zone_id, stage.stage(), cursor.index))
    return std::nullopt;
  return absl::StrCat(node.name(), " at ", cursor.index, " keeps an import of ", zone_id, " that has ended, ",
                      stage.stage());
}

Finding Checks::CheckServed(const SimNode& node, const std::string& zone_id) const {
  const replication::ServedZone* served = Served(node, zone_id);
  if (served == nullptr || served->failing) return std::nullopt;
  const Timeline* own = world_.truth.Of(node.cursor().epoch);
  Finding finding = Differs(node, zone_id, *served, own == nullptr ? world_.truth.now : *own);
  if (!finding.has_value()) return std::nullopt;
  // One that is to be replaced, and may be of another epoch.
  if (!node.IsLoading(zone_id) && !ReadStored(node.disk(), zone_id).behind) return finding;
  for (const Timeline& timeline : world_.truth.before) {
    if (!Differs(node, zone_id, *served, timeline).has_value()) return std::nullopt;
  }
  return finding;
}

Finding Checks::CheckInsync(const SimNode& node, const std::string& zone_id) {
  const Timeline& now = world_.truth.now;
  const Timeline::Node* enrolled = now.FindNode(node.name());
  if (!node.running() || !node.serving() || enrolled == nullptr || !enrolled->counted() ||
      !enrolled->has_covered)
    return std::nullopt;
  if (node.cursor().epoch != now.head().epoch || node.IsUnloadable(zone_id) || now.IsRotten(zone_id))
    return std::nullopt;
  const auto history = now.zones().find(zone_id);
  if (history == now.zones().end()) return std::nullopt;
  const auto insync = history->second.insync.find(node.nameserver());
  if (insync == history->second.insync.end()) return std::nullopt;
  const uint64_t revision = insync->second;
  const replication::ServedZone* served = Served(node, zone_id);
  const bool answers = served != nullptr && !served->failing;
  if (answers && served->revision >= revision) {
    unclaimed_.erase({node.name(), zone_id});
    return std::nullopt;
  }
  // It is not to be there any more, by that revision or by a later one; if it came back, it is a new one.
  const bool gone =
      std::any_of(history->second.revisions.lower_bound(revision), history->second.revisions.end(),
                  [&](const auto& later) { return !later.second.IsAt(node.nameserver()); });
  if (gone && !answers) return std::nullopt;
  // An empty node that was filled by the controller from before the restore: what it has is of another epoch.
  const StoredZone stored = ReadStored(node.disk(), zone_id);
  const std::pair<std::string, std::string> claim(node.name(), zone_id);
  if (stored.behind && stored.epoch != node.cursor().epoch) unclaimed_.insert(claim);
  if (unclaimed_.count(claim) != 0) return std::nullopt;
  return absl::StrCat("revision ", revision, " of ", zone_id, " is INSYNC, but ", node.name(), " serves ",
                      served == nullptr ? "nothing"
                      : served->failing ? "SERVFAIL"
                                        : absl::StrCat("revision ", served->revision));
}

Finding Checks::CheckAnswers(const SimNode& node) const {
  if (!node.running() || !node.serving()) return std::nullopt;
  if (!node.complete()) return absl::StrCat(node.name(), " answers before its first fill");
  // One with another disk can be fed by a controller from before the drain.
  if (node.cursor().epoch == world_.truth.now.head().epoch && world_.truth.now.IsDrained(node.name()))
    return absl::StrCat(node.name(), " is drained, but answers");
  return std::nullopt;
}

void Checks::Committed(const SimNodes& nodes) {
  for (const Timeline::Proven& proven : std::exchange(world_.proven, {})) {
    for (const auto& [name, nameserver] : proven.nodes) {
      const auto node = nodes.find(name);
      if (node != nodes.end()) world_.Check(CheckInsync(*node->second, proven.change.zone_id));
    }
  }
  for (const auto& [name, node] : nodes) world_.Check(CheckAnswers(*node));
}

void Checks::Acknowledged(const Users& users, const SimController& controller) {
  if (!controller.running() || world_.finding.has_value()) return;
  const replication::FullView view(controller.disk());
  for (const Users::Acknowledged& change : users.acknowledged()) {
    const absl::StatusOr<std::optional<stored::v1::ChangeRow>> row = view.Change(change.change_id);
    const uint64_t index = change.position.index;
    if (!row.ok() || !row->has_value() || (index != 0 && (*row)->index() != index) ||
        world_.truth.now.changes().count(change.change_id) == 0) {
      return world_.Check(
          absl::StrCat("the acknowledged change ", change.change_id, " at ", index, " is lost"));
    }
  }
}

void Checks::ToldInsync(const std::string& change_id) {
  if (world_.truth.now.pending().count(change_id) == 0) return;
  world_.Check(absl::StrCat("change ", change_id, " was called INSYNC, which is not logged"));
}

Finding Checks::NotConverged(const SimNode& node) const {
  const Timeline& now = world_.truth.now;
  if (!node.running() || !node.serving()) return absl::StrCat(node.name(), " does not serve");
  if (node.cursor() != now.head())
    return absl::StrCat(node.name(), " is at ", node.cursor().index, ", the log at ", now.head().index);
  for (const auto& [zone_id, history] : now.zones()) {
    if (now.IsRotten(zone_id)) continue;
    const uint64_t expected = ExpectedRevision(node.nameserver(), now, zone_id, now.head().index);
    const replication::ServedZone* served = Served(node, zone_id);
    if (ReadStored(node.disk(), zone_id).behind) return absl::StrCat(zone_id, " is BEHIND on ", node.name());
    if (expected == 0 && served == nullptr) continue;
    if (served != nullptr && !served->failing && served->revision == expected) continue;
    return absl::StrCat(node.name(), " does not serve revision ", expected, " of ", zone_id);
  }
  return std::nullopt;
}

Finding Checks::Converged(const SimNodes& nodes) const {
  const Timeline& now = world_.truth.now;
  // A zone that nobody can vouch for is an exception of those who come to it: they are not counted.
  const bool all_sound = std::none_of(now.zones().begin(), now.zones().end(),
                                      [&](const auto& zone) { return now.IsRotten(zone.first); });
  for (const auto& [name, enrolled] : now.nodes()) {
    const auto node = nodes.find(name);
    if (node == nodes.end()) return absl::StrCat(name, " was not started");
    // One that was told to close its sockets never opens them again, whatever a restored log says of it.
    if (enrolled.state == stored::v1::NODE_STATE_DRAINED || node->second->drained()) continue;
    if (Finding finding = NotConverged(*node->second)) return finding;
    if (enrolled.state == stored::v1::NODE_STATE_JOINING && all_sound)
      return absl::StrCat(name, " is not counted");
    if (enrolled.state == stored::v1::NODE_STATE_DRAINING) return absl::StrCat(name, " is not drained");
  }
  size_t pending = 0;
  std::string first;
  for (const std::string& id : now.pending()) {
    const Timeline::Change& change = now.changes().at(id);
    if (now.IsRotten(change.zone_id)) continue;
    if (!all_sound && !HaveNodes(now, *now.zones().at(change.zone_id).targets)) continue;
    ++pending;
    if (first.empty())
      first = absl::StrCat("revision ", change.revision, " of ", change.zone_id, " at ", change.index);
  }
  if (pending == 0) return std::nullopt;
  return absl::StrCat(pending, " changes are not INSYNC, as ", first);
}

}  // namespace quartet::simulation
