#include "replication/feed/entry_filter.h"

#include <algorithm>
#include <utility>

namespace quartet::replication {
namespace {

using quartet::replication::v1::ZoneDelta;

void AddServed(const google::protobuf::RepeatedPtrField<stored::v1::RecordPut>& puts, ZoneDelta& delta) {
  for (const stored::v1::RecordPut& put : puts) {
    quartet::replication::v1::ServedRecord* record = delta.add_puts();
    record->set_key(put.key());
    record->set_served(put.served());
  }
}

// Of a ZoneEffect or a FlipEffect: what both have.
template <typename Effect>
ZoneDelta DeltaFor(const Effect& effect, const std::string& nameserver) {
  ZoneDelta delta;
  delta.set_prev_revision(effect.prev_revision());
  delta.set_revision(effect.row().revision());
  std::optional<stored::v1::NodeZoneRow> row = NodeRowFor(effect.row(), nameserver);
  if (!row.has_value()) return delta;
  *delta.mutable_row() = *std::move(row);
  *delta.mutable_removed_keys() = effect.removed_keys();
  AddServed(effect.puts(), delta);
  return delta;
}

ZoneDelta FlipFor(const stored::v1::FlipEffect& effect, const std::string& nameserver) {
  ZoneDelta delta = DeltaFor(effect, nameserver);
  if (!delta.has_row()) return delta;
  quartet::replication::v1::StageFlip& flip = *delta.mutable_flip();
  flip.set_stage(effect.stage());
  flip.set_chunks(effect.chunks());
  flip.set_record_sets(effect.stage_record_sets());
  flip.set_served_digest(effect.stage_served_digest());
  return delta;
}

ZoneDelta ChunkOf(const stored::v1::StageEffect& effect, uint64_t index) {
  ZoneDelta delta;
  quartet::replication::v1::StageChunk& chunk = *delta.mutable_chunk();
  chunk.set_stage(effect.chunk() == 0 ? index : effect.stage());
  chunk.set_chunk(effect.chunk());
  chunk.set_digest_key_id(effect.digest_key_id());
  AddServed(effect.puts(), delta);
  return delta;
}

struct ZoneIdAndDelta {
  std::string zone_id;
  ZoneDelta delta;
};

// nullopt: an effect on no zone.
std::optional<ZoneIdAndDelta> DeltaOf(const stored::v1::Effect& effect, uint64_t index,
                                      const std::string& nameserver) {
  switch (effect.effect_case()) {
    case stored::v1::Effect::kZone:
      return ZoneIdAndDelta{effect.zone().row().id(), DeltaFor(effect.zone(), nameserver)};
    case stored::v1::Effect::kStage:
      return ZoneIdAndDelta{effect.stage().zone_id(), ChunkOf(effect.stage(), index)};
    case stored::v1::Effect::kFlip:
      return ZoneIdAndDelta{effect.flip().row().id(), FlipFor(effect.flip(), nameserver)};
    case stored::v1::Effect::kAbort: {
      ZoneIdAndDelta abort{effect.abort().zone_id(), {}};
      abort.delta.mutable_abort()->set_stage(effect.abort().stage());
      return abort;
    }
    case stored::v1::Effect::kObject:
    case stored::v1::Effect::kInsync:
    case stored::v1::Effect::kTerm:
    // Of controllers only.
    case stored::v1::Effect::kHistoryCut:
    case stored::v1::Effect::kPurge:
    case stored::v1::Effect::EFFECT_NOT_SET:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<stored::v1::NodeZoneRow> NodeRowFor(const stored::v1::ZoneRow& zone,
                                                  const std::string& nameserver) {
  const auto& assignments = zone.assignments();
  const auto found = std::find_if(
      assignments.begin(), assignments.end(),
      [&](const stored::v1::Assignment& assignment) { return assignment.target() == nameserver; });
  if (zone.state() != stored::v1::ZONE_STATE_ACTIVE || found == assignments.end()) return std::nullopt;
  stored::v1::NodeZoneRow row;
  row.set_id(zone.id());
  row.set_name(zone.name());
  *row.mutable_vpc_ids() = zone.vpc_ids();
  row.set_private_zone(zone.private_zone());
  row.set_revision(zone.revision());
  row.set_served_digest(zone.served_digest());
  row.set_digest_key_id(zone.digest_key_id());
  row.set_record_sets(zone.record_sets());
  row.set_state(found->state());
  return row;
}

std::vector<quartet::replication::v1::NodeEntry> FilterEntry(const stored::v1::Entry& entry,
                                                             const std::string& nameserver) {
  std::vector<quartet::replication::v1::NodeEntry> result;
  const auto& targets = entry.header().targets();
  if (std::find(targets.begin(), targets.end(), nameserver) == targets.end()) return result;
  for (const stored::v1::Effect& effect : entry.effects()) {
    std::optional<ZoneIdAndDelta> zone = DeltaOf(effect, entry.header().index(), nameserver);
    if (!zone.has_value()) continue;
    quartet::replication::v1::NodeEntry& node_entry = result.emplace_back();
    node_entry.set_index(entry.header().index());
    node_entry.set_zone_id(std::move(zone->zone_id));
    node_entry.set_min_reader(entry.header().min_reader());
    node_entry.set_delta(zone->delta.SerializeAsString());
  }
  return result;
}

}  // namespace quartet::replication
