#include "replication/feed/inventory_sender.h"

#include <optional>
#include <utility>
#include <vector>

#include "replication/feed/entry_filter.h"
#include "replication/feed/stream_rules.h"
#include "replication/log/log_state.h"
#include "replication/replica/full_view.h"

namespace quartet::replication {

constexpr size_t kPage = 256;

absl::StatusOr<Position> AppliedPosition(const store::Reader& reader) {
  absl::StatusOr<std::optional<LogState>> state = ReadLogState(reader);
  if (!state.ok()) return state.status();
  if (!state->has_value()) return absl::FailedPreconditionError("the replica holds no log");
  return (*state)->head;
}

absl::StatusOr<InventorySender> InventorySender::Create(const store::Store& replica,
                                                        const std::string& nameserver) {
  std::unique_ptr<store::Reader> snapshot = replica.Snapshot();
  absl::StatusOr<Position> as_of = AppliedPosition(*snapshot);
  if (!as_of.ok()) return as_of.status();
  return InventorySender(std::move(snapshot), nameserver, *as_of);
}

absl::StatusOr<quartet::replication::v1::InventoryPart> InventorySender::Next(size_t part_bytes) {
  quartet::replication::v1::InventoryPart part;
  WritePosition(as_of_, *part.mutable_as_of());
  const FullView view(*snapshot_);
  size_t bytes = 0;
  while (bytes < part_bytes) {
    absl::StatusOr<std::vector<std::string>> ids = view.AssignedZones(nameserver_, last_zone_id_, kPage);
    if (!ids.ok()) return ids.status();
    for (const std::string& id : *ids) {
      absl::StatusOr<std::optional<stored::v1::ZoneRow>> zone = view.Zone(id);
      if (!zone.ok()) return zone.status();
      last_zone_id_ = id;
      std::optional<stored::v1::NodeZoneRow> row;
      if (zone->has_value()) row = NodeRowFor(**zone, nameserver_);
      if (!row.has_value()) continue;
      bytes += row->ByteSizeLong() + 4;
      *part.add_zones() = *std::move(row);
      if (bytes >= part_bytes) return part;
    }
    if (ids->size() < kPage) {
      part.set_last(true);
      return part;
    }
  }
  return part;
}

}  // namespace quartet::replication
