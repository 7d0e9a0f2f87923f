#include "controller/assignment/move_tracker.h"

#include <algorithm>
#include <optional>

namespace quartet::controller {

using Stage = MoveState::Stage;

void MoveTracker::Schedule(const std::string& zone_id, Move& move) {
  by_time_.erase({move.time_us, zone_id});
  move.time_us = std::max(move.not_before_us, std::min(move.look_us, move.state.until_us));
  if (!move.taken) by_time_.emplace(move.time_us, zone_id);
}

void MoveTracker::Forget(const std::string& zone_id) {
  const auto found = moves_.find(zone_id);
  if (found == moves_.end()) return;
  by_time_.erase({found->second.time_us, zone_id});
  by_change_.erase(found->second.since.change_id);
  joining_.erase(zone_id);
  moves_.erase(found);
}

void MoveTracker::Note(const std::string& zone_id, uint64_t revision, const MoveState& state, Since since,
                       int64_t now_us) {
  const auto found = moves_.find(zone_id);
  if (found != moves_.end() && found->second.revision >= revision) return;
  const bool taken = found != moves_.end() && found->second.taken;
  Forget(zone_id);
  if (!state.moving()) return;
  Move& move = moves_[zone_id];
  move.revision = revision;
  move.state = state;
  move.since = std::move(since);
  move.taken = taken;
  if (state.stage == Stage::kJoining) {
    joining_.insert(zone_id);
    move.look_us = now_us;
  }
  if (state.stage == Stage::kLeaving) {
    move.look_us = move.since.insync ? now_us : now_us + kLookAgainUs;
    if (!move.since.insync) by_change_[move.since.change_id] = zone_id;
  }
  Schedule(zone_id, move);
}

void MoveTracker::NodesMoved(int64_t now_us) {
  for (const std::string& zone_id : joining_) {
    Move& move = moves_.at(zone_id);
    move.look_us = now_us;
    Schedule(zone_id, move);
  }
}

void MoveTracker::Insync(const std::string& change_id, int64_t now_us) {
  const auto found = by_change_.find(change_id);
  if (found == by_change_.end()) return;
  Move& move = moves_.at(found->second);
  move.since.insync = true;
  move.look_us = now_us;
  Schedule(found->second, move);
  by_change_.erase(found);
}

bool MoveTracker::IsServed(const std::string& zone_id, const Move& move, const ServedFn& served) const {
  const ZonePoint point{zone_id, move.since.index, move.state.since_revision};
  return std::all_of(move.state.joining.begin(), move.state.joining.end(),
                     [&](const std::string& nameserver) { return served(nameserver, point); });
}

std::vector<MoveTracker::Due> MoveTracker::Take(int64_t now_us, size_t most, const ServedFn& served) {
  std::vector<Due> due;
  while (due.size() < most && next_us() <= now_us) {
    const std::string zone_id = by_time_.begin()->second;
    Move& move = moves_.at(zone_id);
    std::optional<Step> step;
    if (move.look_us <= now_us) {
      move.look_us = now_us + kLookAgainUs;
      if (move.state.stage == Stage::kJoining && IsServed(zone_id, move, served)) step = Step::kServe;
      if (move.state.stage == Stage::kLeaving) step = Step::kRetire;
      if (move.state.stage == Stage::kNone) move.look_us = INT64_MAX;
    }
    if (!step.has_value() && move.state.until_us <= now_us) step = Step::kRemove;
    if (step.has_value()) {
      due.push_back({zone_id, *step});
      move.taken = true;
    }
    Schedule(zone_id, move);
  }
  return due;
}

void MoveTracker::Settled(const std::string& zone_id, bool made, int64_t now_us) {
  const auto found = moves_.find(zone_id);
  if (found == moves_.end()) return;
  Move& move = found->second;
  move.taken = false;
  if (!made) {
    move.not_before_us = now_us + kTryAgainUs;
    if (move.state.stage != Stage::kNone) move.look_us = std::min(move.look_us, move.not_before_us);
  }
  Schedule(zone_id, move);
}

}  // namespace quartet::controller
