#include "replication/feed/entry_filter.h"

#include <algorithm>

namespace quartet::replication {
namespace {

quartet::replication::v1::ZoneDelta DeltaFor(const stored::v1::ZoneEffect& effect,
                                             const std::string& nameserver) {
  quartet::replication::v1::ZoneDelta delta;
  delta.set_prev_revision(effect.prev_revision());
  delta.set_revision(effect.row().revision());
  std::optional<stored::v1::NodeZoneRow> row = NodeRowFor(effect.row(), nameserver);
  if (!row.has_value()) return delta;
  *delta.mutable_row() = *std::move(row);
  *delta.mutable_removed_keys() = effect.removed_keys();
  for (const stored::v1::RecordPut& put : effect.puts()) {
    quartet::replication::v1::ServedRecord* record = delta.add_puts();
    record->set_key(put.key());
    record->set_served(put.served());
  }
  return delta;
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
    if (!effect.has_zone()) continue;
    quartet::replication::v1::NodeEntry& node_entry = result.emplace_back();
    node_entry.set_index(entry.header().index());
    node_entry.set_zone_id(effect.zone().row().id());
    node_entry.set_min_reader(entry.header().min_reader());
    node_entry.set_delta(DeltaFor(effect.zone(), nameserver).SerializeAsString());
  }
  return result;
}

}  // namespace quartet::replication
