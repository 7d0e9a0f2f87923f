#include "replication/feed/fetches.h"

#include "dns/base/check.h"

namespace quartet::replication {

void Fetches::Want(const std::string& zone_id, int64_t time_us) {
  if (asked_.count(zone_id) != 0 || !wanted_.emplace(zone_id, time_us).second) return;
  due_.emplace(time_us, zone_id);
}

void Fetches::Hurry(const std::string& zone_id, int64_t time_us) {
  auto found = wanted_.find(zone_id);
  if (found != wanted_.end() && found->second > time_us) {
    due_.erase({found->second, zone_id});
    wanted_.erase(found);
  }
  Want(zone_id, time_us);
}

void Fetches::Forget(const std::string& zone_id) {
  asked_.erase(zone_id);
  auto found = wanted_.find(zone_id);
  if (found == wanted_.end()) return;
  due_.erase({found->second, zone_id});
  wanted_.erase(found);
}

std::vector<std::string> Fetches::Ask(int64_t now_us, const Position& cursor) {
  std::vector<std::string> zones;
  while (asked_.size() < limit_ && !due_.empty() && due_.begin()->first <= now_us) {
    std::string zone_id = due_.begin()->second;
    due_.erase(due_.begin());
    wanted_.erase(zone_id);
    asked_[zone_id].asked_at = cursor;
    zones.push_back(std::move(zone_id));
  }
  return zones;
}

Fetch* Fetches::Find(const std::string& zone_id) {
  auto found = asked_.find(zone_id);
  return found == asked_.end() ? nullptr : &found->second;
}

Fetch Fetches::Take(const std::string& zone_id) {
  auto found = asked_.find(zone_id);
  QUARTET_CHECK(found != asked_.end());
  Fetch fetch = std::move(found->second);
  asked_.erase(found);
  return fetch;
}

std::vector<std::string> Fetches::Ripe(const Position& cursor) const {
  std::vector<std::string> zones;
  for (const auto& [zone_id, fetch] : asked_) {
    if (fetch.whole && IsRipe(fetch.as_of, cursor)) zones.push_back(zone_id);
  }
  return zones;
}

std::vector<NodeStage> Fetches::Restart(int64_t now_us) {
  std::vector<NodeStage> stages;
  std::map<std::string, Fetch> asked = std::move(asked_);
  asked_.clear();
  for (auto& [zone_id, fetch] : asked) {
    if (fetch.stage.has_value()) stages.push_back(*std::move(fetch.stage));
    Want(zone_id, now_us);
  }
  return stages;
}

}  // namespace quartet::replication
