#include "replication/feed/loading_zones.h"

#include <algorithm>

namespace quartet::replication {

void LoadingZones::Begin(const std::string& zone_id, uint64_t served_revision) {
  const uint64_t vouched = flipped_.contains(zone_id) ? served_revision : 0;
  const auto [zone, added] = zones_.emplace(zone_id, vouched);
  // Still the version of the time it began.
  if (!added) zone->second = std::min(zone->second, vouched);
  replaced_.erase(zone_id);
  ++version_;
}

void LoadingZones::End(const std::string& zone_id) {
  if (zones_.erase(zone_id) > 0) ++version_;
  replaced_.erase(zone_id);
}

void LoadingZones::Done() {
  for (const std::string& zone_id : replaced_) {
    zones_.erase(zone_id);
    ++version_;
  }
  replaced_.clear();
  flipped_.clear();
}

void LoadingZones::Distrust() {
  for (auto& [zone_id, revision] : zones_) revision = 0;
  ++version_;
}

}  // namespace quartet::replication
