#include "replication/feed/zone_updates.h"

#include <utility>

namespace quartet::replication {
namespace {

// The parts of an update that say which state of the zone it leads to.
ZoneUpdate Describe(ZoneUpdate::Kind kind, const NodeZone& zone) {
  ZoneUpdate update;
  update.kind = kind;
  update.zone_id = zone.row.id();
  update.apex = zone.apex;
  update.revision = zone.row.revision();
  update.generation = zone.generation;
  update.digest = zone.row.served_digest();
  update.digest_key_id = zone.row.digest_key_id();
  update.record_sets = zone.row.record_sets();
  return update;
}

}  // namespace

ZoneUpdate StoredZone(const NodeZone& zone) {
  if (zone.generation != 0 && !zone.unloadable) return Describe(ZoneUpdate::Kind::kLoad, zone);
  // Nobody is sent to a joiner yet: until it has the zone it answers as if that were not assigned to it, also for a zone above.
  const bool joining = zone.row.state() == stored::v1::ASSIGNMENT_STATE_JOINING;
  ZoneUpdate update = Describe(joining ? ZoneUpdate::Kind::kRemove : ZoneUpdate::Kind::kFail, zone);
  update.reason = zone.behind;
  return update;
}

void ZoneUpdates::Load(const NodeZone& zone) { Load(zone, 0, 0); }

void ZoneUpdates::Load(const NodeZone& zone, size_t put_from, size_t puts) {
  if (!zone.named) return;
  ZoneUpdate update = StoredZone(zone);
  update.put_from = put_from;
  update.puts = puts;
  Supersede(std::move(update));
}

void ZoneUpdates::Change(const NodeZone& zone, const quartet::replication::v1::ZoneDelta& delta) {
  std::vector<size_t>& slots = by_zone_[zone.row.id()];
  if (!slots.empty() && slots_[slots.back()].update.kind == ZoneUpdate::Kind::kLoad) {
    slots_[slots.back()].update = StoredZone(zone);
    return;
  }
  if (slots.empty() || slots_[slots.back()].update.kind != ZoneUpdate::Kind::kRecords) {
    slots.push_back(slots_.size());
    slots_.push_back({ZoneUpdate(), false});
  }
  ZoneUpdate& update = slots_[slots.back()].update;
  std::vector<ZoneUpdate::Record> records = std::move(update.records);
  update = Describe(ZoneUpdate::Kind::kRecords, zone);
  for (const std::string& key : delta.removed_keys()) records.push_back({key, std::nullopt});
  for (const quartet::replication::v1::ServedRecord& put : delta.puts())
    records.push_back({put.key(), put.served()});
  update.records = std::move(records);
}

void ZoneUpdates::Remove(const std::string& zone_id, const dns::Name& apex) {
  ZoneUpdate update;
  update.kind = ZoneUpdate::Kind::kRemove;
  update.zone_id = zone_id;
  update.apex = apex;
  Supersede(std::move(update));
}

void ZoneUpdates::Supersede(ZoneUpdate update) {
  std::vector<size_t>& slots = by_zone_[update.zone_id];
  for (size_t slot : slots) slots_[slot].superseded = true;
  slots.assign(1, slots_.size());
  slots_.push_back({std::move(update), false});
}

std::vector<ZoneUpdate> ZoneUpdates::Take() {
  std::vector<ZoneUpdate> updates;
  for (Slot& slot : slots_) {
    if (!slot.superseded) updates.push_back(std::move(slot.update));
  }
  slots_.clear();
  by_zone_.clear();
  return updates;
}

}  // namespace quartet::replication
