#include "controller/history/retention.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/history/zone_past.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

namespace layout = replication::layout;
using replication::FullView;
using stored::v1::HistoryRow;
using stored::v1::ZoneRow;

absl::Status Damaged(const std::string& zone_id) {
  return absl::DataLossError(absl::StrCat("the replica holds damaged history of zone ", zone_id));
}

absl::StatusOr<stored::v1::ZoneLocalRow> LocalRow(const store::Reader& reader, const std::string& zone_id) {
  absl::StatusOr<std::optional<std::string>> bytes = reader.Get(layout::ZoneLocal(zone_id));
  if (!bytes.ok()) return bytes.status();
  stored::v1::ZoneLocalRow local;
  if (bytes->has_value() && local.ParseFromString(**bytes)) return local;
  return Damaged(zone_id);
}

// A change that is PENDING would be of no zone.
absl::StatusOr<bool> DeletionIsInsync(const store::Reader& view, const ZoneRow& zone) {
  absl::StatusOr<ZonePast> past = ZonePast::Of(view, zone);
  if (!past.ok()) return past.status();
  absl::StatusOr<HistoryRow> row = past->Revision(zone.revision());
  if (!row.ok()) return row.status();
  absl::StatusOr<std::optional<stored::v1::ChangeRow>> change = FullView(view).Change(row->change_id());
  if (!change.ok()) return change.status();
  return !change->has_value() || (*change)->insync_time_us() != 0;
}

absl::StatusOr<bool> CutApplies(const store::Reader& view, const stored::v1::HistoryCutEffect& cut) {
  absl::StatusOr<std::optional<ZoneRow>> zone = FullView(view).Zone(cut.zone_id());
  if (!zone.ok()) return zone.status();
  if (!zone->has_value() || (*zone)->revision() < cut.revision()) return false;
  absl::StatusOr<stored::v1::ZoneLocalRow> local = LocalRow(view, cut.zone_id());
  if (!local.ok()) return local.status();
  return local->history_cut() < cut.revision();
}

absl::StatusOr<bool> PurgeApplies(const store::Reader& view, const stored::v1::PurgeEffect& purge) {
  absl::StatusOr<std::optional<ZoneRow>> zone = FullView(view).Zone(purge.zone_id());
  if (!zone.ok()) return zone.status();
  if (!zone->has_value() || (*zone)->state() != stored::v1::ZONE_STATE_DELETED ||
      (*zone)->revision() != purge.prev_revision()) {
    return false;
  }
  absl::StatusOr<std::optional<stored::v1::StageRow>> stage = FullView(view).Stage(purge.zone_id());
  if (!stage.ok()) return stage.status();
  if (stage->has_value()) return false;
  return DeletionIsInsync(view, **zone);
}

}  // namespace

// What one call of Next has come to.
struct RetentionScan::Found {
  stored::v1::Entry entry;
  size_t rows = 0;
  size_t bytes = 0;
  // The limits are reached; the zone looked at last may have more.
  bool full = false;
};

// Cuts as far as both bounds ask for, or as the entry holds. The row at a cut keeps only who made it, so that a revision that
// is older than the bound, and the newest of those, is what the zone can still be shown at.
absl::Status RetentionScan::FindCut(const store::Reader& snapshot, const ZoneRow& zone, int64_t now_us,
                                    Found& found) {
  absl::StatusOr<stored::v1::ZoneLocalRow> local = LocalRow(snapshot, zone.id());
  if (!local.ok()) return local.status();
  const uint64_t oldest = std::max<uint64_t>(local->history_cut(), 1);
  if (zone.revision() <= oldest) return absl::OkStatus();
  uint64_t bytes = local->history_bytes();
  uint64_t cut = 0;
  uint64_t revision = oldest + 1;
  const std::unique_ptr<store::Iterator> it =
      snapshot.Scan(layout::History(zone.id(), revision), layout::History(zone.id(), zone.revision() + 1));
  for (; it->Valid(); it->Next(), ++revision) {
    HistoryRow row;
    if (!row.ParseFromArray(it->value().data(), static_cast<int>(it->value().size())))
      return Damaged(zone.id());
    if (row.time_us() > now_us - retention_.history_us && bytes <= retention_.history_bytes) break;
    if (found.rows >= limits_.rows || found.bytes >= limits_.bytes) {
      found.full = true;
      break;
    }
    ++found.rows;
    found.bytes += it->value().size();
    const uint64_t freed = it->key().size() + it->value().size() + row.before_generation_bytes();
    bytes -= std::min(bytes, freed);
    cut = revision;
  }
  if (!it->status().ok()) return it->status();
  if (cut == 0) return absl::OkStatus();
  stored::v1::HistoryCutEffect& effect = *found.entry.add_effects()->mutable_history_cut();
  effect.set_zone_id(zone.id());
  effect.set_revision(cut);
  return absl::OkStatus();
}

absl::Status RetentionScan::Look(const store::Reader& snapshot, const ZoneRow& zone, int64_t now_us,
                                 Found& found) {
  if (zone.state() == stored::v1::ZONE_STATE_DELETED &&
      zone.delete_time_us() <= now_us - retention_.undelete_us) {
    stored::v1::PurgeEffect purge;
    purge.set_zone_id(zone.id());
    purge.set_prev_revision(zone.revision());
    absl::StatusOr<bool> applies = PurgeApplies(snapshot, purge);
    if (!applies.ok()) return applies.status();
    if (*applies) {
      *found.entry.add_effects()->mutable_purge() = std::move(purge);
      return absl::OkStatus();
    }
  }
  return FindCut(snapshot, zone, now_us, found);
}

absl::StatusOr<stored::v1::Entry> RetentionScan::Next(const store::Reader& snapshot, int64_t now_us,
                                                      size_t& zones) {
  Found found;
  const std::string prefix = layout::Zone("");
  const std::unique_ptr<store::Iterator> it =
      snapshot.Scan(layout::Zone(position_), store::PrefixEnd(prefix));
  for (; it->Valid() && zones > 0; it->Next()) {
    position_ = std::string(it->key().substr(prefix.size()));
    if (static_cast<size_t>(found.entry.effects_size()) >= limits_.effects) found.full = true;
    if (found.full) return std::move(found.entry);
    ZoneRow zone;
    if (!zone.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
      return absl::DataLossError("the replica holds a damaged zone row");
    }
    if (absl::Status status = Look(snapshot, zone, now_us, found); !status.ok()) {
      // A damaged one does not keep the others from being looked at.
      position_.push_back('\0');
      return status;
    }
    if (found.full) return std::move(found.entry);
    --zones;
    position_.push_back('\0');
  }
  if (!it->status().ok()) return it->status();
  if (!it->Valid() && found.entry.effects().empty()) position_.clear();
  return std::move(found.entry);
}

absl::StatusOr<Plan> PlanRetention(const PlanContext& context, const stored::v1::Entry& due) {
  Plan plan;
  for (const stored::v1::Effect& effect : due.effects()) {
    absl::StatusOr<bool> applies = effect.has_purge() ? PurgeApplies(context.view, effect.purge())
                                                      : CutApplies(context.view, effect.history_cut());
    if (!applies.ok()) return applies.status();
    if (*applies) *plan.entry.add_effects() = effect;
  }
  return plan;
}

}  // namespace quartet::controller
