#include "replication/replica/record_changes.h"

#include <utility>

#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

class RecordChanger {
 public:
  RecordChanger(store::Overlay& overlay, const RecordsPlace& place, ZoneTotals totals, Hasher& hasher,
                RecordImages* before_images)
      : overlay_(overlay), place_(place), totals_(totals), hasher_(hasher), before_images_(before_images) {}

  absl::Status Remove(absl::string_view key) {
    if (absl::Status status = Take(key); !status.ok()) return status;
    overlay_.Delete(layout::Record(place_.zone_id, place_.generation, key));
    overlay_.Delete(layout::Control(place_.zone_id, place_.generation, key));
    return absl::OkStatus();
  }

  absl::Status Put(const stored::v1::RecordPut& put) {
    if (absl::Status status = Take(put.key()); !status.ok()) return status;
    PutRecord(overlay_, place_, put, totals_, hasher_);
    return absl::OkStatus();
  }

  const ZoneTotals& totals() const { return totals_; }

 private:
  // Takes the record set out of the totals, and notes what it was.
  absl::Status Take(absl::string_view key) {
    if (place_.fresh) return absl::OkStatus();
    absl::StatusOr<std::optional<FullView::Record>> record =
        FullView(overlay_).GetRecord(place_.zone_id, place_.generation, key);
    if (!record.ok()) return record.status();
    if (record->has_value()) {
      totals_.served -= hasher_.Hash(key, (*record)->served);
      totals_.control -= hasher_.Hash(key, (*record)->control);
      --totals_.record_sets;
    }
    if (before_images_ == nullptr) return absl::OkStatus();
    stored::v1::HistoryRecord& image = *before_images_->Add();
    image.set_key(std::string(key));
    if (record->has_value()) {
      image.set_served(std::move((*record)->served));
      image.set_control(std::move((*record)->control));
    }
    return absl::OkStatus();
  }

  store::Overlay& overlay_;
  const RecordsPlace& place_;
  ZoneTotals totals_;
  Hasher& hasher_;
  RecordImages* before_images_;
};

}  // namespace

ZoneTotals TotalsOf(const stored::v1::ZoneRow& row) {
  return {Digest::FromBytes(row.served_digest()), Digest::FromBytes(row.control_digest()), row.record_sets()};
}

ZoneTotals TotalsOf(const stored::v1::StageRow& row) {
  return {Digest::FromBytes(row.served_digest()), Digest::FromBytes(row.control_digest()), row.record_sets()};
}

absl::StatusOr<ZoneTotals> ChangeRecords(store::Overlay& overlay, const RecordsPlace& place,
                                         ZoneTotals before, const RecordKeys& removed, const RecordPuts& puts,
                                         Hasher& hasher, RecordImages* before_images) {
  RecordChanger changer(overlay, place, before, hasher, before_images);
  for (const std::string& key : removed) {
    if (absl::Status status = changer.Remove(key); !status.ok()) return status;
  }
  for (const stored::v1::RecordPut& put : puts) {
    if (absl::Status status = changer.Put(put); !status.ok()) return status;
  }
  return changer.totals();
}

absl::StatusOr<ZoneTotals> RehashRecords(const store::Reader& reader, const RecordsPlace& place,
                                         Hasher& hasher) {
  ZoneTotals totals;
  absl::Status visited = FullView(reader).VisitRecords(
      place.zone_id, place.generation, "", "", [&](const FullView::Record& record) {
        totals.served += hasher.Hash(record.key, record.served);
        totals.control += hasher.Hash(record.key, record.control);
        ++totals.record_sets;
        return true;
      });
  if (!visited.ok()) return visited;
  return totals;
}

void PutRecord(store::Overlay& overlay, const RecordsPlace& place, const stored::v1::RecordPut& put,
               ZoneTotals& totals, Hasher& hasher) {
  overlay.Put(layout::Record(place.zone_id, place.generation, put.key()), put.served());
  overlay.Put(layout::Control(place.zone_id, place.generation, put.key()), put.control());
  totals.served += hasher.Hash(put.key(), put.served());
  totals.control += hasher.Hash(put.key(), put.control());
  ++totals.record_sets;
}

void EraseRecords(store::Overlay& overlay, const RecordsPlace& place) {
  for (const std::string& prefix : {layout::Generation(place.zone_id, place.generation),
                                    layout::ControlGeneration(place.zone_id, place.generation)}) {
    overlay.DeleteRange(prefix, store::PrefixEnd(prefix));
  }
}

}  // namespace quartet::replication
