#include "nameserver/replica/big_zones.h"

#include <algorithm>
#include <utility>

#include "replication/digest/digest.h"

namespace quartet::nameserver {

using replication::ZoneUpdate;

void BigZones::Load(const ZoneUpdate& load) {
  const auto [at, added] = zones_.try_emplace(load.zone_id);
  at->second.target = load;
  if (added) {
    waiting_.push_back(load.zone_id);
  } else {
    BuildAgain(load.zone_id, at->second);
  }
}

bool BigZones::Keep(const ZoneUpdate& change) {
  const auto found = zones_.find(change.zone_id);
  if (found == zones_.end()) return false;
  Zone& zone = found->second;
  zone.target.revision = change.revision;
  zone.target.generation = change.generation;
  zone.target.digest = change.digest;
  zone.target.digest_key_id = change.digest_key_id;
  if (building_ != change.zone_id) return true;
  for (const ZoneUpdate::Record& record : change.records) {
    zone.changes_bytes += sizeof(record) + record.key.size() + record.served.value_or("").size();
    zone.changes.push_back(record);
  }
  if (zone.changes_bytes > kKeptBytes) BuildAgain(change.zone_id, zone);
  return true;
}

// What is being built of it is out of date, and not to be made good by changes.
void BigZones::BuildAgain(const std::string& zone_id, Zone& zone) {
  zone.changes.clear();
  zone.changes_bytes = 0;
  if (building_ != zone_id) return;
  building_.reset();
  loader_.Cancel();
  waiting_.push_back(zone_id);
}

void BigZones::Drop(const std::string& zone_id) {
  if (zones_.erase(zone_id) == 0) return;
  if (building_ == zone_id) {
    building_.reset();
    loader_.Cancel();
    return;
  }
  waiting_.erase(std::find(waiting_.begin(), waiting_.end(), zone_id));
}

std::vector<std::string> BigZones::Ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, zone] : zones_) ids.push_back(id);
  return ids;
}

void BigZones::StartNext(const std::map<uint32_t, std::string>& digest_keys) {
  if (loader_.busy() || waiting_.empty()) return;
  building_ = std::move(waiting_.front());
  waiting_.pop_front();
  const ZoneUpdate& target = zones_.at(*building_).target;
  const auto key = digest_keys.find(target.digest_key_id);
  // With a key that is not known nothing would come out right: said by the digest.
  loader_.Start({target,
                 key == digest_keys.end() ? std::string(replication::Hasher::kKeyBytes, '\0') : key->second,
                 store_.Snapshot()});
}

std::optional<BigZones::Built> BigZones::Take() {
  std::optional<absl::StatusOr<ZoneBuilder>> result = loader_.Take();
  if (!result.has_value() || !building_.has_value()) return std::nullopt;
  const auto found = zones_.find(*building_);
  building_.reset();
  Zone zone = std::move(found->second);
  zones_.erase(found);
  return Built{zone.target.zone_id, zone.target.apex, zone.target.revision, *std::move(result),
               std::move(zone.changes)};
}

}  // namespace quartet::nameserver
