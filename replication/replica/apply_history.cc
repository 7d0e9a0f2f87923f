#include "replication/replica/apply_history.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "replication/record/record_key.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"
#include "replication/replica/zone_revision.h"

namespace quartet::replication {
namespace {

using stored::v1::HistoryRow;
using stored::v1::ZoneLocalRow;
using stored::v1::ZoneRow;

bool IsDeleted(const ZoneRow& row) { return row.state() == stored::v1::ZONE_STATE_DELETED; }

// Whether the zone's own record sets are all that is edited, if anything is.
bool OnlyOwn(const RecordEdits& edits) {
  return edits.removed.empty() &&
         std::all_of(edits.puts.begin(), edits.puts.end(),
                     [](const stored::v1::RecordPut& put) { return IsOwnKey(put.key()); });
}

stored::v1::HistoryKind KindOf(const ZoneRow& row, const RecordEdits& edits, const HistoryRow& history) {
  if (!history.has_before()) return stored::v1::HISTORY_KIND_CREATED;
  if (IsDeleted(row) != IsDeleted(history.before())) {
    return IsDeleted(row) ? stored::v1::HISTORY_KIND_DELETED : stored::v1::HISTORY_KIND_UNDELETED;
  }
  return OnlyOwn(edits) ? stored::v1::HISTORY_KIND_SETTINGS : stored::v1::HISTORY_KIND_CHANGED;
}

void CountRemoved(const RecordEdits& edits, HistoryRow& history) {
  for (int i = 0; i < edits.removed.size(); ++i) {
    if (!history.records(i).served().empty()) history.set_removed(history.removed() + 1);
  }
}

void CountPuts(const RecordEdits& edits, HistoryRow& history) {
  static const stored::v1::HistoryRecord nothing;
  for (int i = 0; i < edits.puts.size(); ++i) {
    const stored::v1::RecordPut& put = edits.puts[i];
    if (IsSoaKey(put.key())) continue;
    const int image = edits.removed.size() + i;
    const stored::v1::HistoryRecord& before = history.has_before() ? history.records(image) : nothing;
    if (before.served().empty()) {
      history.set_added(history.added() + 1);
    } else if (before.served() != put.served() || before.control() != put.control()) {
      history.set_changed(history.changed() + 1);
    }
  }
}

absl::Status Unfit(const std::string& zone_id, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("history of zone ", zone_id, ": ", why));
}

// Who made the revision, and when; not what it replaced.
void Strip(HistoryRow& row) {
  row.clear_before();
  row.clear_records();
  row.clear_before_generation();
  row.clear_before_generation_bytes();
}

// What a cut takes away.
struct Cut {
  uint64_t bytes = 0;
  std::vector<uint64_t> generations;
  // The row at the cut.
  std::optional<HistoryRow> last;
};

absl::StatusOr<Cut> ReadCut(const store::Reader& reader, const std::string& zone_id, uint64_t from,
                            uint64_t upto) {
  Cut cut;
  const std::unique_ptr<store::Iterator> it =
      reader.Scan(layout::History(zone_id, from), layout::History(zone_id, upto + 1));
  for (; it->Valid(); it->Next()) {
    HistoryRow row;
    if (!row.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
      return absl::DataLossError(absl::StrCat("the replica holds damaged history of zone ", zone_id));
    }
    cut.bytes += it->key().size() + it->value().size() + row.before_generation_bytes();
    if (row.before_generation() != 0) cut.generations.push_back(row.before_generation());
    if (it->key() == layout::History(zone_id, upto)) cut.last = std::move(row);
  }
  if (!it->status().ok()) return it->status();
  return cut;
}

void EraseAll(store::Overlay& overlay, const std::string& prefix) {
  overlay.DeleteRange(prefix, store::PrefixEnd(prefix));
}

}  // namespace

uint64_t BytesOf(const RecordPuts& puts) {
  uint64_t bytes = 0;
  for (const stored::v1::RecordPut& put : puts)
    bytes += put.key().size() + put.served().size() + put.control().size();
  return bytes;
}

void CountBytes(const RecordPuts& puts, const RecordImages& images, ZoneLocalRow& local) {
  uint64_t gone = 0;
  for (const stored::v1::HistoryRecord& image : images) {
    if (!image.served().empty()) gone += image.key().size() + image.served().size() + image.control().size();
  }
  const uint64_t bytes = local.generation_bytes() + BytesOf(puts);
  // What an earlier version put was not counted.
  local.set_generation_bytes(bytes - std::min(bytes, gone));
}

void TellWhatChanged(const ZoneRow& row, const RecordEdits& edits, HistoryRow& history) {
  history.set_kind(KindOf(row, edits, history));
  history.set_serial(row.serial());
  if (history.has_before()) CountRemoved(edits, history);
  CountPuts(edits, history);
}

void TellOfFlip(const ZoneRow& row, HistoryRow& history) {
  history.set_kind(history.has_before() ? stored::v1::HISTORY_KIND_REPLACED
                                        : stored::v1::HISTORY_KIND_CREATED);
  history.set_serial(row.serial());
  if (!history.has_before()) history.set_added(row.record_sets() - std::min<uint64_t>(row.record_sets(), 1));
}

absl::Status ApplyHistoryCut(store::Overlay& overlay, const stored::v1::HistoryCutEffect& effect) {
  const std::string& id = effect.zone_id();
  if (id.size() != layout::kZoneIdBytes)
    return absl::DataLossError("a history cut names a zone without an id");
  absl::StatusOr<std::optional<ZoneRow>> zone = FullView(overlay).Zone(id);
  if (!zone.ok()) return zone.status();
  if (!zone->has_value()) return Unfit(id, "there is no such zone to be cut");
  if (effect.revision() == 0 || effect.revision() > (*zone)->revision()) {
    return Unfit(
        id, absl::StrCat("it can't be cut at ", effect.revision(), ": the zone is at ", (*zone)->revision()));
  }
  absl::StatusOr<ZoneLocalRow> local = ReadLocalRow(overlay, id);
  if (!local.ok()) return local.status();
  if (effect.revision() <= local->history_cut()) {
    return Unfit(id, absl::StrCat("it was cut at ", local->history_cut(), " already, its entry says ",
                                  effect.revision()));
  }
  absl::StatusOr<Cut> cut = ReadCut(overlay, id, local->history_cut(), effect.revision());
  if (!cut.ok()) return cut.status();
  for (const uint64_t generation : cut->generations) EraseRecords(overlay, {id, generation});
  const std::string key = layout::History(id, effect.revision());
  overlay.DeleteRange(layout::AllHistory(id), key);
  uint64_t bytes = local->history_bytes() - std::min(local->history_bytes(), cut->bytes);
  if (cut->last.has_value()) {
    Strip(*cut->last);
    const std::string row = cut->last->SerializeAsString();
    overlay.Put(key, row);
    bytes += key.size() + row.size();
  }
  local->set_history_bytes(bytes);
  local->set_history_cut(effect.revision());
  overlay.Put(layout::ZoneLocal(id), local->SerializeAsString());
  return absl::OkStatus();
}

absl::Status ApplyPurge(store::Overlay& overlay, const stored::v1::PurgeEffect& effect) {
  const std::string& id = effect.zone_id();
  if (id.size() != layout::kZoneIdBytes) return absl::DataLossError("a purge names a zone without an id");
  absl::StatusOr<std::optional<ZoneRow>> zone = FullView(overlay).Zone(id);
  if (!zone.ok()) return zone.status();
  if (!zone->has_value()) return Unfit(id, "there is no such zone to be purged");
  if (!IsDeleted(**zone)) return Unfit(id, "the zone is not deleted, and can't be purged");
  if ((*zone)->revision() != effect.prev_revision()) {
    return Unfit(id, absl::StrCat("its purge is of revision ", effect.prev_revision(), ", the zone is at ",
                                  (*zone)->revision()));
  }
  absl::StatusOr<std::optional<stored::v1::StageRow>> stage = FullView(overlay).Stage(id);
  if (!stage.ok()) return stage.status();
  if (stage->has_value()) return Unfit(id, "a stage is open; it can't be purged");
  absl::StatusOr<std::set<std::string>> index = IndexKeys(**zone);
  if (!index.ok()) return index.status();
  for (const std::string& key : *index) overlay.Delete(key);
  for (const std::string& prefix :
       {layout::AllRecords(id), layout::AllControls(id), layout::AllHistory(id)}) {
    EraseAll(overlay, prefix);
  }
  overlay.Delete(layout::Zone(id));
  ZoneLocalRow left;
  left.set_purged_revision(effect.prev_revision());
  overlay.Put(layout::ZoneLocal(id), left.SerializeAsString());
  return absl::OkStatus();
}

}  // namespace quartet::replication
