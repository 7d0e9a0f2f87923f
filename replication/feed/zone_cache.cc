#include "replication/feed/zone_cache.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/feed/outgoing.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::replication {

absl::StatusOr<ZoneCache::Zone> ZoneCache::Read(const store::Reader& reader, const DigestKeys& keys,
                                                const std::string& zone_id, size_t max_zone_bytes) {
  Zone zone;
  absl::StatusOr<std::optional<stored::v1::ZoneRow>> row = FullView(reader).Zone(zone_id);
  if (!row.ok()) return row.status();
  zone.row = *std::move(row);
  if (!zone.row.has_value()) return zone;
  auto known = zones_.find(zone_id);
  if (known != zones_.end() && known->second->revision == zone.row->revision() &&
      known->second->digest == zone.row->served_digest()) {
    order_.splice(order_.begin(), order_, known->second);
    if (known->second->records->size() <= max_zone_bytes) zone.records = known->second->records;
    return zone;
  }
  zone.read = true;
  absl::StatusOr<std::shared_ptr<const std::string>> records =
      ReadRecords(reader, keys, *zone.row, max_zone_bytes);
  if (!records.ok()) return records.status();
  zone.records = *std::move(records);
  if (zone.records != nullptr) {
    Forget(zone_id);
    Keep({zone_id, zone.row->revision(), zone.row->served_digest(), zone.records});
  }
  return zone;
}

absl::StatusOr<std::shared_ptr<const std::string>> ZoneCache::ReadRecords(const store::Reader& reader,
                                                                          const DigestKeys& keys,
                                                                          const stored::v1::ZoneRow& row,
                                                                          size_t max_zone_bytes) {
  absl::StatusOr<uint64_t> generation = FullView(reader).ZoneGeneration(row.id());
  if (!generation.ok()) return generation.status();
  auto key = keys.find(row.digest_key_id());
  if (key == keys.end()) return absl::DataLossError(absl::StrCat("no digest key ", row.digest_key_id()));
  if (hasher_ == nullptr || key_id_ != key->first) {
    key_id_ = key->first;
    hasher_ = std::make_unique<Hasher>(key->second);
  }
  constexpr int kRecords = v1::SnapshotPart::kRecordsFieldNumber;
  const std::string prefix = layout::Generation(row.id(), *generation);
  std::unique_ptr<store::Iterator> it = reader.Scan(prefix, store::PrefixEnd(prefix));
  std::string records, record;
  Digest digest;
  uint64_t count = 0;
  for (; it->Valid(); it->Next(), ++count) {
    const absl::string_view record_key = it->key().substr(prefix.size());
    digest += hasher_->Hash(record_key, it->value());
    record.clear();
    AppendField(v1::ServedRecord::kKeyFieldNumber, record_key, record);
    AppendField(v1::ServedRecord::kServedFieldNumber, it->value(), record);
    AppendField(kRecords, record, records);
    if (records.size() > max_zone_bytes) return std::shared_ptr<const std::string>();
  }
  if (!it->status().ok()) return it->status();
  if (count != row.record_sets() || digest.ToBytes() != row.served_digest()) {
    return absl::DataLossError(absl::StrCat(
        "revision ", row.revision(), " should have ", row.record_sets(), " record sets with digest ",
        Digest::FromBytes(row.served_digest()).ToHex(), ", has ", count, " with digest ", digest.ToHex()));
  }
  return std::make_shared<const std::string>(std::move(records));
}

void ZoneCache::Keep(Kept kept) {
  bytes_ += kept.records->size();
  order_.push_front(std::move(kept));
  zones_[order_.front().zone_id] = order_.begin();
  while (bytes_ > max_bytes_ && !order_.empty()) Forget(std::string(order_.back().zone_id));
}

void ZoneCache::Forget(const std::string& zone_id) {
  auto found = zones_.find(zone_id);
  if (found == zones_.end()) return;
  bytes_ -= found->second->records->size();
  order_.erase(found->second);
  zones_.erase(found);
}

}  // namespace quartet::replication
