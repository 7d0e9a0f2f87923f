#include "replication/feed/test_served.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "replication/digest/digest.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

absl::StatusOr<std::map<std::string, std::string>> Load(const store::Reader& store,
                                                        const ZoneUpdate& update) {
  std::map<std::string, std::string> records;
  const std::string prefix = layout::Generation(update.zone_id, update.generation);
  std::unique_ptr<store::Iterator> it = store.Scan(prefix, store::PrefixEnd(prefix));
  for (; it->Valid(); it->Next()) {
    records.emplace(std::string(it->key().substr(prefix.size())), std::string(it->value()));
  }
  if (!it->status().ok()) return it->status();
  return records;
}

absl::Status CheckDigest(const ZoneUpdate& update, const ServedZone& zone,
                         const std::map<uint32_t, std::string>& digest_keys) {
  auto key = digest_keys.find(update.digest_key_id);
  if (key == digest_keys.end()) return absl::DataLossError("an update with an unknown digest key");
  Hasher hasher(key->second);
  Digest digest;
  for (const auto& [record_key, value] : zone.records) digest += hasher.Hash(record_key, value);
  if (digest.ToBytes() == update.digest) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("zone ", update.zone_id, " at revision ", update.revision,
                                          " is not what its digest says"));
}

}  // namespace

absl::Status ServedZones::Install(const std::vector<ZoneUpdate>& updates, const store::Reader& store,
                                  const std::map<uint32_t, std::string>& digest_keys) {
  for (const ZoneUpdate& update : updates) {
    if (absl::Status status = InstallOne(update, store, digest_keys); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ServedZones::InstallOne(const ZoneUpdate& update, const store::Reader& store,
                                     const std::map<uint32_t, std::string>& digest_keys) {
  if (update.kind == ZoneUpdate::Kind::kRemove) {
    zones_.erase(update.zone_id);
    return absl::OkStatus();
  }
  ServedZone& zone = zones_[update.zone_id];
  if (update.kind == ZoneUpdate::Kind::kFail) {
    zone = ServedZone();
    zone.failing = true;
    return absl::OkStatus();
  }
  if (update.kind == ZoneUpdate::Kind::kLoad) {
    absl::StatusOr<std::map<std::string, std::string>> records = Load(store, update);
    if (!records.ok()) return records.status();
    zone.records = *std::move(records);
  } else {
    for (const ZoneUpdate::Record& record : update.records) {
      if (record.served.has_value()) {
        zone.records[record.key] = *record.served;
      } else {
        zone.records.erase(record.key);
      }
    }
  }
  zone.failing = false;
  zone.revision = update.revision;
  zone.digest = update.digest;
  return CheckDigest(update, zone, digest_keys);
}

}  // namespace quartet::replication
