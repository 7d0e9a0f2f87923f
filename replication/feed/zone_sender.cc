#include "replication/feed/zone_sender.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "replication/base/log.h"
#include "replication/feed/entry_filter.h"
#include "replication/feed/inventory_sender.h"
#include "replication/feed/secrets.h"
#include "replication/feed/stream_rules.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::replication {

absl::StatusOr<ZoneSender> ZoneSender::Create(const store::Store& replica, const std::string& nameserver,
                                              const std::string& zone_id) {
  std::unique_ptr<store::Reader> snapshot = replica.Snapshot();
  absl::StatusOr<Position> as_of = AppliedPosition(*snapshot);
  if (!as_of.ok()) return as_of.status();
  ZoneSender sender(std::move(snapshot), zone_id, *as_of);
  absl::Status located = sender.Locate(nameserver);
  if (!located.ok()) sender.quarantined_ = std::string(located.message());
  sender.verified_ = !located.ok() || !sender.row_.has_value();
  return sender;
}

absl::Status ZoneSender::Locate(const std::string& nameserver) {
  const FullView view(*snapshot_);
  absl::StatusOr<std::optional<stored::v1::ZoneRow>> zone = view.Zone(zone_id_);
  if (!zone.ok()) return zone.status();
  if (zone->has_value()) row_ = NodeRowFor(**zone, nameserver);
  if (!row_.has_value()) return absl::OkStatus();
  absl::StatusOr<uint64_t> generation = view.ZoneGeneration(zone_id_);
  if (!generation.ok()) return generation.status();
  absl::StatusOr<DigestKeys> keys = ReadDigestKeys(*snapshot_);
  if (!keys.ok()) return keys.status();
  auto key = keys->find(row_->digest_key_id());
  if (key == keys->end()) return absl::DataLossError(absl::StrCat("no digest key ", row_->digest_key_id()));
  hasher_ = std::make_unique<Hasher>(key->second);
  prefix_ = layout::Generation(zone_id_, *generation);
  StartReading();
  return absl::OkStatus();
}

void ZoneSender::StartReading() { next_ = snapshot_->Scan(prefix_, store::PrefixEnd(prefix_)); }

bool ZoneSender::Verify(size_t bytes) {
  if (verified_) return true;
  size_t read = 0;
  for (; next_->Valid() && read < bytes; next_->Next()) {
    digest_ += hasher_->Hash(next_->key().substr(prefix_.size()), next_->value());
    ++record_sets_;
    read += next_->key().size() + next_->value().size();
  }
  if (next_->Valid()) return false;
  verified_ = true;
  if (absl::Status same = Compare(); !same.ok()) {
    quarantined_ = std::string(same.message());
    LogError("zone {} is not sent to a node, for it is damaged here: {}", zone_id_, quarantined_);
  } else {
    StartReading();
  }
  return true;
}

absl::Status ZoneSender::Compare() const {
  if (!next_->status().ok()) return next_->status();
  if (record_sets_ != row_->record_sets() || digest_.ToBytes() != row_->served_digest()) {
    return absl::DataLossError(absl::StrCat("revision ", row_->revision(), " should have ",
                                            row_->record_sets(), " record sets with digest ",
                                            Digest::FromBytes(row_->served_digest()).ToHex(), ", has ",
                                            record_sets_, " with digest ", digest_.ToHex()));
  }
  return absl::OkStatus();
}

quartet::replication::v1::SnapshotPart ZoneSender::Next(size_t part_bytes) {
  QUARTET_CHECK(verified_);
  quartet::replication::v1::SnapshotPart part;
  part.set_zone_id(zone_id_);
  WritePosition(as_of_, *part.mutable_as_of());
  part.set_part(parts_++);
  if (quarantined_.empty() && row_.has_value()) {
    size_t bytes = 0;
    for (; next_->Valid(); next_->Next()) {
      const absl::string_view key = next_->key().substr(prefix_.size());
      const size_t more = key.size() + next_->value().size() + 12;
      if (bytes > 0 && bytes + more > part_bytes) break;
      bytes += more;
      quartet::replication::v1::ServedRecord* record = part.add_records();
      record->set_key(std::string(key));
      record->set_served(std::string(next_->value()));
    }
    if (next_->Valid()) return part;
    if (!next_->status().ok()) quarantined_ = std::string(next_->status().message());
  }
  part.set_last(true);
  part.set_quarantined(quarantined_);
  if (quarantined_.empty() && row_.has_value()) *part.mutable_row() = *row_;
  return part;
}

}  // namespace quartet::replication
