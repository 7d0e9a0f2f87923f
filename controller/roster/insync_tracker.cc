#include "controller/roster/insync_tracker.h"

#include <algorithm>

namespace quartet::controller {
namespace {

using replication::NodeProgress;
using replication::ZoneException;

bool SameExceptions(const NodeProgress& a, const NodeProgress& b) {
  return std::equal(a.exceptions.begin(), a.exceptions.end(), b.exceptions.begin(), b.exceptions.end(),
                    [](const ZoneException& x, const ZoneException& y) {
                      return x.zone_id == y.zone_id && x.served_revision == y.served_revision;
                    });
}

}  // namespace

bool Covers(const NodeProgress& progress, uint64_t epoch, const TrackedChange& change) {
  if (!progress.acknowledged || progress.epoch != epoch || progress.acknowledged_index < change.index)
    return false;
  return std::all_of(
      progress.exceptions.begin(), progress.exceptions.end(), [&](const ZoneException& exception) {
        return exception.zone_id != change.zone_id || exception.served_revision >= change.revision;
      });
}

std::vector<std::string> TargetsOf(const stored::v1::ZoneRow& zone) {
  std::vector<std::string> targets;
  for (const stored::v1::Assignment& assignment : zone.assignments()) {
    if (assignment.state() != stored::v1::ASSIGNMENT_STATE_JOINING) targets.push_back(assignment.target());
  }
  return targets;
}

std::set<std::string> RetiringOf(const stored::v1::ZoneRow& zone) {
  std::set<std::string> retiring;
  for (const stored::v1::Assignment& assignment : zone.assignments()) {
    if (assignment.state() == stored::v1::ASSIGNMENT_STATE_RETIRING) retiring.insert(assignment.target());
  }
  return retiring;
}

bool InsyncTracker::Serves(const std::string& nameserver, const TrackedChange& change,
                           const Roster& roster) const {
  if (change.retiring.contains(nameserver) && !roster_.by_nameserver.contains(nameserver)) return true;
  const auto counted = roster.counted.find(nameserver);
  if (counted == roster.counted.end()) return false;
  return !counted->second.empty() &&
         std::all_of(counted->second.begin(), counted->second.end(), [&](const std::string& node) {
           const auto progress = progress_.find(node);
           return progress != progress_.end() && Covers(progress->second, epoch_, change);
         });
}

uint64_t InsyncTracker::Acknowledged(const std::string& nameserver) const {
  const auto counted = roster_.counted.find(nameserver);
  if (counted == roster_.counted.end() || counted->second.empty()) return 0;
  uint64_t lowest = UINT64_MAX;
  for (const std::string& node : counted->second) {
    const auto progress = progress_.find(node);
    if (progress == progress_.end()) return 0;
    const NodeProgress& last = progress->second;
    lowest = std::min(lowest, last.acknowledged && last.epoch == epoch_ ? last.acknowledged_index : 0);
  }
  return lowest;
}

void InsyncTracker::SetRoster(Roster roster) {
  roster_ = std::move(roster);
  LookAtAll();
  to_count_.clear();
  to_drain_.clear();
  for (const auto& [node, row] : roster_.nodes) Consider(node);
}

void InsyncTracker::AddPending(TrackedChange change) {
  const std::string id = change.id;
  Pending& pending = pending_[id];
  pending_by_zone_.emplace(change.zone_id, id);
  pending.change = std::move(change);
  // A change without a nameserver is never served.
  for (const std::string& target : pending.change.targets) {
    waiting_.try_emplace(target, Waiting{Acknowledged(target), {}, {}});
    Look(target, pending);
  }
}

void InsyncTracker::StopWaiting(const TrackedChange& change) {
  for (const std::string& target : change.targets) {
    Waiting& waiting = waiting_[target];
    waiting.above.erase({change.index, change.id});
    waiting.excepted.erase(change.id);
  }
  ready_.erase(change.id);
}

std::vector<std::string> InsyncTracker::Retarget(const std::string& zone_id,
                                                 const std::vector<std::string>& targets,
                                                 const std::set<std::string>& retiring) {
  std::vector<std::string> changes;
  for (auto it = pending_by_zone_.lower_bound({zone_id, ""});
       it != pending_by_zone_.end() && it->first == zone_id; ++it) {
    Pending& pending = pending_.at(it->second);
    if (pending.change.targets == targets && pending.change.retiring == retiring) continue;
    changes.push_back(it->second);
    StopWaiting(pending.change);
    pending.change.targets = targets;
    pending.change.retiring = retiring;
    pending.served_by.clear();
    for (const std::string& target : targets) {
      waiting_.try_emplace(target, Waiting{Acknowledged(target), {}, {}});
      Look(target, pending);
    }
  }
  return changes;
}

void InsyncTracker::SetInsync(const std::string& change_id) {
  const auto found = pending_.find(change_id);
  if (found == pending_.end()) return;
  const TrackedChange& change = found->second.change;
  insync_index_ = std::max(insync_index_, change.index);
  StopWaiting(change);
  pending_by_zone_.erase({change.zone_id, change_id});
  pending_.erase(found);
}

std::vector<InsyncTracker::Move> InsyncTracker::Update(const std::vector<NodeProgress>& progress) {
  std::vector<Move> moves;
  for (const NodeProgress& now : progress) {
    NodeProgress& before = progress_[now.node];
    // The first acknowledgement of an epoch covers more than the none before it, at index 0 too: changes that were pending
    // when that epoch was begun by a restore.
    const bool begun = before.acknowledged != now.acknowledged || before.epoch != now.epoch;
    const bool exceptions_moved = begun || !SameExceptions(before, now);
    Move move{now.nameserver, before.acknowledged_index, now.acknowledged_index, exceptions_moved};
    move.other = move.other || before.incarnation != now.incarnation || before.connected != now.connected ||
                 before.sockets_closed != now.sockets_closed;
    before = now;
    if (move.from == move.to && !move.other) continue;
    Advance(now.nameserver, exceptions_moved);
    Consider(now.node);
    moves.push_back(std::move(move));
  }
  return moves;
}

void InsyncTracker::Advance(const std::string& nameserver, bool exceptions_moved) {
  const auto found = waiting_.find(nameserver);
  // No pending change was ever its.
  if (found == waiting_.end()) return;
  Waiting& waiting = found->second;
  const uint64_t acknowledged = Acknowledged(nameserver);
  if (acknowledged < waiting.acknowledged) return LookAtAll();
  waiting.acknowledged = acknowledged;
  std::vector<std::string> reached;
  for (auto it = waiting.above.begin(); it != waiting.above.end() && it->first <= acknowledged;) {
    reached.push_back(it->second);
    it = waiting.above.erase(it);
  }
  if (exceptions_moved) reached.insert(reached.end(), waiting.excepted.begin(), waiting.excepted.end());
  for (const std::string& id : reached) Look(nameserver, pending_.at(id));
}

void InsyncTracker::LookAtAll() {
  waiting_.clear();
  ready_.clear();
  for (auto& [id, pending] : pending_) {
    for (const std::string& target : pending.change.targets) {
      waiting_.try_emplace(target, Waiting{Acknowledged(target), {}, {}});
      Look(target, pending);
    }
  }
}

void InsyncTracker::Look(const std::string& nameserver, Pending& pending) {
  const TrackedChange& change = pending.change;
  Waiting& waiting = waiting_[nameserver];
  if (Serves(nameserver, change, roster_)) {
    waiting.excepted.erase(change.id);
    pending.served_by.insert(nameserver);
    if (pending.served_by.size() == change.targets.size() && !pending.given) ready_.insert(change.id);
    return;
  }
  pending.served_by.erase(nameserver);
  ready_.erase(change.id);
  if (change.index > waiting.acknowledged) {
    waiting.above.insert({change.index, change.id});
  } else {
    waiting.excepted.insert(change.id);
  }
}

void InsyncTracker::Consider(const std::string& node) {
  const auto row = roster_.nodes.find(node);
  if (row == roster_.nodes.end() || given_nodes_.contains(node)) return;
  if (row->second.row.state() == stored::v1::NODE_STATE_DRAINED) return;
  // Told to or not: a node whose sockets are closed for good answers nobody. (One that was drained after the backup that
  // this controller came from is COUNTED here.)
  if (SocketsClosed(node)) {
    to_drain_.insert(node);
  } else if (row->second.row.state() == stored::v1::NODE_STATE_JOINING && MayCount(node)) {
    to_count_.insert(node);
  }
}

InsyncTracker::Results InsyncTracker::Take() {
  Results results;
  while (!ready_.empty() && results.insync.size() < kMostInsync) {
    const std::string id = *ready_.begin();
    Pending& pending = pending_.at(id);
    // A nameserver may have got an exception since it was looked at.
    for (const std::string& target : pending.change.targets) Look(target, pending);
    if (!ready_.erase(id)) continue;
    pending.given = true;
    results.insync.push_back(id);
  }
  for (const std::string& node : std::exchange(to_count_, {})) {
    if (!MayCount(node)) continue;
    given_nodes_.insert(node);
    results.count.push_back(node);
  }
  for (const std::string& node : std::exchange(to_drain_, {})) {
    if (!SocketsClosed(node)) continue;
    given_nodes_.insert(node);
    results.drained.push_back(node);
  }
  return results;
}

void InsyncTracker::Settled(const Results& results) {
  for (const std::string& id : results.insync) {
    const auto found = pending_.find(id);
    if (found == pending_.end()) continue;
    found->second.given = false;
    for (const std::string& target : found->second.change.targets) Look(target, found->second);
  }
  for (const std::vector<std::string>* nodes : {&results.count, &results.drained}) {
    for (const std::string& node : *nodes) {
      given_nodes_.erase(node);
      Consider(node);
    }
  }
}

bool InsyncTracker::MayBeInsync(const TrackedChange& change, const Roster& in_flight) {
  const bool served = !change.targets.empty() && std::all_of(change.targets.begin(), change.targets.end(),
                                                             [&](const std::string& target) {
                                                               return Serves(target, change, in_flight);
                                                             });
  if (served) insync_index_ = std::max(insync_index_, change.index);
  return served;
}

bool InsyncTracker::MayCount(const std::string& node) const {
  const NodeProgress* last = progress(node);
  return last != nullptr && last->acknowledged && last->epoch == epoch_ && last->exceptions.empty() &&
         last->acknowledged_index >= insync_index_;
}

bool InsyncTracker::SocketsClosed(const std::string& node) const {
  const NodeProgress* last = progress(node);
  return last != nullptr && last->sockets_closed;
}

const NodeProgress* InsyncTracker::progress(const std::string& node) const {
  const auto found = progress_.find(node);
  return found == progress_.end() ? nullptr : &found->second;
}

const TrackedChange* InsyncTracker::pending(const std::string& change_id) const {
  const auto found = pending_.find(change_id);
  return found == pending_.end() ? nullptr : &found->second.change;
}

}  // namespace quartet::controller
