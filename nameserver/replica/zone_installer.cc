#include "nameserver/replica/zone_installer.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "replication/replica/layout.h"

namespace quartet::nameserver {
namespace {

using replication::Digest;
using replication::Hasher;
using replication::ZoneUpdate;

// Zones staged before they are published, so that a start with many of them does not hold all twice.
constexpr size_t kPublishEvery = 1000;

// Puts the record sets under `prefix` into the builder and returns what they add up to.
absl::StatusOr<Digest> ReadRecords(const store::Store& store, const std::string& prefix, Hasher& hasher,
                                   ZoneBuilder& builder) {
  Digest digest;
  const std::unique_ptr<store::Iterator> records = store.Scan(prefix, store::PrefixEnd(prefix));
  for (; records->Valid(); records->Next()) {
    const absl::string_view key = records->key().substr(prefix.size());
    absl::Status added = builder.Add(key, records->value());
    if (!added.ok()) return added;
    digest += hasher.Hash(key, records->value());
  }
  if (!records->status().ok()) return records->status();
  return digest;
}

}  // namespace

std::vector<UnloadableZone> ZoneInstaller::Install(const std::vector<ZoneUpdate>& updates,
                                                   const DigestKeys& keys) {
  std::vector<UnloadableZone> unloadable;
  size_t staged = 0;
  for (const ZoneUpdate& update : updates) {
    const absl::Status applied = Apply(update, keys);
    if (!applied.ok()) {
      unloadable.push_back({update.zone_id, std::string(applied.message())});
      // An apex that another zone has is that zone's: then this one has no name to fail under.
      if (directory_.Fail(update.zone_id, update.apex).ok()) {
        Note(update.zone_id, true);
      } else {
        Forget(update.zone_id);
      }
    }
    if (++staged % kPublishEvery == 0) directory_.Publish();
  }
  directory_.Publish();
  return unloadable;
}

absl::Status ZoneInstaller::Apply(const ZoneUpdate& update, const DigestKeys& keys) {
  switch (update.kind) {
    case ZoneUpdate::Kind::kLoad:
      return Load(update, keys);
    case ZoneUpdate::Kind::kRecords:
      return Change(update);
    case ZoneUpdate::Kind::kFail: {
      absl::Status failed = directory_.Fail(update.zone_id, update.apex);
      if (failed.ok()) Note(update.zone_id, true);
      return failed;
    }
    case ZoneUpdate::Kind::kRemove:
      directory_.Remove(update.zone_id);
      Forget(update.zone_id);
      return absl::OkStatus();
  }
  QUARTET_CHECK(false);
}

absl::Status ZoneInstaller::Load(const ZoneUpdate& update, const DigestKeys& keys) {
  absl::StatusOr<Hasher*> hasher = HasherFor(update.digest_key_id, keys);
  if (!hasher.ok()) return hasher.status();
  ZoneBuilder builder(update.apex);
  absl::StatusOr<Digest> digest = ReadRecords(
      store_, replication::layout::Generation(update.zone_id, update.generation), **hasher, builder);
  if (!digest.ok()) return digest.status();
  if (!(*digest == Digest::FromBytes(update.digest))) {
    return absl::DataLossError(absl::StrCat("its record sets on disk add up to digest ", digest->ToHex(),
                                            " instead of ", Digest::FromBytes(update.digest).ToHex()));
  }
  absl::Status installed = directory_.Install(update.zone_id, std::move(builder));
  if (installed.ok()) Note(update.zone_id, false);
  return installed;
}

absl::Status ZoneInstaller::Change(const ZoneUpdate& update) {
  std::vector<RecordUpdate> records;
  records.reserve(update.records.size());
  for (const ZoneUpdate::Record& record : update.records) {
    RecordUpdate& changed = records.emplace_back();
    changed.record_key = record.key;
    if (record.served.has_value()) changed.served = *record.served;
  }
  return directory_.Update(update.zone_id, records);
}

absl::StatusOr<Hasher*> ZoneInstaller::HasherFor(uint32_t key_id, const DigestKeys& keys) {
  const auto known = hashers_.find(key_id);
  if (known != hashers_.end()) return &known->second;
  const auto key = keys.find(key_id);
  if (key == keys.end() || key->second.size() != Hasher::kKeyBytes) {
    return absl::DataLossError(absl::StrCat("digest key ", key_id, " is not known here"));
  }
  return &hashers_.emplace(key_id, Hasher(key->second)).first->second;
}

void ZoneInstaller::Note(const std::string& zone_id, bool failing) {
  bool& was_failing = zones_[zone_id];
  failing_ += static_cast<size_t>(failing) - static_cast<size_t>(was_failing);
  was_failing = failing;
}

void ZoneInstaller::Forget(const std::string& zone_id) {
  const auto zone = zones_.find(zone_id);
  if (zone == zones_.end()) return;
  failing_ -= static_cast<size_t>(zone->second);
  zones_.erase(zone);
}

}  // namespace quartet::nameserver
