#include "controller/export/zone_export.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/zones/record_set_message.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_queries.h"
#include "replication/replica/apply.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {

using replication::FullView;

absl::StatusOr<std::unique_ptr<ZoneExport>> ZoneExport::Open(const RequestHost& host,
                                                             absl::string_view name) {
  std::unique_ptr<store::Reader> reader = host.replica().Snapshot();
  absl::StatusOr<stored::v1::ZoneRow> row = FindActiveZone(*reader, name);
  if (!row.ok()) return row.status();
  absl::StatusOr<dns::Name> apex = ApexOf(*row);
  if (!apex.ok()) return apex.status();
  if (absl::Status sound = host.CheckSound(row->id(), *apex); !sound.ok()) return sound;
  absl::StatusOr<uint64_t> generation = FullView(*reader).ZoneGeneration(row->id());
  if (!generation.ok()) return generation.status();
  absl::StatusOr<std::string> key = replication::ReadDigestKeyOf(*reader, row->digest_key_id());
  if (!key.ok()) return key.status();
  return std::unique_ptr<ZoneExport>(
      new ZoneExport(std::move(reader), *std::move(row), *std::move(apex), *generation, *key));
}

ZoneExport::ZoneExport(std::unique_ptr<store::Reader> reader, stored::v1::ZoneRow row, dns::Name apex,
                       uint64_t generation, absl::string_view digest_key)
    : reader_(std::move(reader)),
      row_(std::move(row)),
      apex_(std::move(apex)),
      generation_(generation),
      hasher_(digest_key) {}

absl::StatusOr<bool> ZoneExport::Next(admin::v1::ExportZoneResponse& piece) {
  piece.Clear();
  if (ended_) return false;
  if (!std::exchange(started_, true)) {
    absl::StatusOr<admin::v1::Zone> zone = ReadZoneMessage(*reader_, row_);
    if (!zone.ok()) return zone.status();
    *piece.mutable_zone() = *std::move(zone);
  }
  if (absl::Status status = ReadPiece(piece); !status.ok()) return status;
  if (ended_) {
    if (absl::Status status = CheckWhole(); !status.ok()) return status;
  }
  return piece.has_zone() || piece.record_sets_size() > 0;
}

absl::Status ZoneExport::ReadPiece(admin::v1::ExportZoneResponse& piece) {
  absl::Status damage;
  size_t bytes = 0;
  ended_ = true;
  const absl::Status status =
      FullView(*reader_).VisitRecords(row_.id(), generation_, next_, "", [&](FullView::Record record) {
        if (bytes >= kPieceBytes) {
          next_ = std::move(record.key);
          ended_ = false;
          return false;
        }
        absl::StatusOr<admin::v1::RecordSet> set = RecordSetMessage(record, apex_, ValueForm::kZoneFile);
        if (!set.ok()) {
          damage = set.status();
          return false;
        }
        totals_.served += hasher_.Hash(record.key, record.served);
        totals_.control += hasher_.Hash(record.key, record.control);
        ++totals_.record_sets;
        bytes += set->ByteSizeLong();
        *piece.add_record_sets() = *std::move(set);
        return true;
      });
  return status.ok() ? damage : status;
}

absl::Status ZoneExport::CheckWhole() const {
  if (totals_ == replication::TotalsOf(row_)) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      "this controller's copy of ", apex_.ToString(),
      " is damaged: its digests are not those of its record sets; don't use what was exported. `quartet "
      "verify ",
      apex_.ToString(), " --repair` makes it right from a node"));
}

}  // namespace quartet::controller
