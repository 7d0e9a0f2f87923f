#include "nameserver/replica/zone_installer.h"

#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "nameserver/replica/zone_reading.h"

namespace quartet::nameserver {
namespace {

using replication::Hasher;
using replication::ZoneUpdate;

// Zones staged before they are published, so that a start with many of them does not hold all twice.
constexpr size_t kPublishEvery = 1000;

std::vector<RecordUpdate> AsUpdates(const std::vector<ZoneUpdate::Record>& records) {
  std::vector<RecordUpdate> updates;
  updates.reserve(records.size());
  for (const ZoneUpdate::Record& record : records) {
    RecordUpdate& update = updates.emplace_back();
    update.record_key = record.key;
    if (record.served.has_value()) update.served = *record.served;
  }
  return updates;
}

}  // namespace

ZoneInstaller::ZoneInstaller(const store::Store& store, Directory& directory, std::function<void()> built)
    : store_(store), directory_(directory) {
  if (built != nullptr) big_ = std::make_unique<BigZones>(store, std::move(built));
}

ZoneInstaller::Installed ZoneInstaller::Install(const std::vector<ZoneUpdate>& updates,
                                                const DigestKeys& keys, Building building,
                                                const store::Batch* batch) {
  Installed installed;
  const Round round{keys, building, batch, installed.loading};
  size_t staged = 0;
  for (const ZoneUpdate& update : updates) {
    const absl::Status applied = Apply(update, round);
    if (!applied.ok()) {
      installed.unloadable.push_back({update.zone_id, std::string(applied.message())});
      if (!kept_.contains(update.zone_id)) Fail(update.zone_id, update.apex);
    }
    if (++staged % kPublishEvery == 0) directory_.Publish();
  }
  directory_.Publish();
  // Now that the store and what is to be built are of one state.
  if (big_ != nullptr) big_->StartNext(keys);
  return installed;
}

void ZoneInstaller::KeepOnly(const std::vector<ZoneUpdate>& zones) {
  absl::flat_hash_set<absl::string_view> kept;
  for (const ZoneUpdate& zone : zones) kept.insert(zone.zone_id);
  std::vector<std::string> others;
  for (const auto& [zone_id, revision] : zones_) {
    if (!kept.contains(zone_id) && !kept_.contains(zone_id)) others.push_back(zone_id);
  }
  for (const std::string& zone_id : others) {
    if (big_ != nullptr) big_->Drop(zone_id);
    directory_.Remove(zone_id);
    Forget(zone_id);
  }
  directory_.Publish();
}

absl::Status ZoneInstaller::Apply(const ZoneUpdate& update, const Round& round) {
  if (update.kind == ZoneUpdate::Kind::kFail && kept_.contains(update.zone_id)) return absl::OkStatus();
  const bool records = update.kind == ZoneUpdate::Kind::kRecords;
  if (big_ != nullptr && records && big_->Keep(update)) return absl::OkStatus();
  const bool large = update.kind == ZoneUpdate::Kind::kLoad && update.record_sets >= BigZones::kRecordSets;
  if (big_ != nullptr && large && round.building == Building::kBesides)
    return LoadBesides(update, round.loading);
  if (big_ != nullptr && !records) big_->Drop(update.zone_id);
  switch (update.kind) {
    case ZoneUpdate::Kind::kLoad:
      return Load(update, round);
    case ZoneUpdate::Kind::kRecords:
      return Change(update);
    case ZoneUpdate::Kind::kFail: {
      absl::Status failed = directory_.Fail(update.zone_id, update.apex);
      if (failed.ok()) Note(update.zone_id, 0);
      return failed;
    }
    case ZoneUpdate::Kind::kRemove:
      directory_.Remove(update.zone_id);
      Forget(update.zone_id);
      return absl::OkStatus();
  }
  QUARTET_CHECK(false);
}

absl::Status ZoneInstaller::LoadBesides(const ZoneUpdate& update, std::vector<LoadingZone>& loading) {
  const uint64_t served = ServedRevision(update.zone_id);
  if (served == 0) {
    // It has a name from now on, which no parent answers for.
    absl::Status failed = directory_.Fail(update.zone_id, update.apex);
    if (!failed.ok()) return failed;
    Note(update.zone_id, 0);
  }
  big_->Load(update);
  loading.push_back({update.zone_id, served});
  return absl::OkStatus();
}

absl::StatusOr<ZoneBuilder> ZoneInstaller::Build(const ZoneUpdate& update, const Round& round) {
  if (update.puts != 0) {
    QUARTET_CHECK(round.batch != nullptr);
    return BuildFromPuts(*round.batch, update);
  }
  absl::StatusOr<Hasher*> hasher = HasherFor(update.digest_key_id, round.keys);
  if (!hasher.ok()) return hasher.status();
  return ReadZone(store_, update, **hasher, nullptr);
}

absl::Status ZoneInstaller::Load(const ZoneUpdate& update, const Round& round) {
  absl::StatusOr<ZoneBuilder> builder = Build(update, round);
  if (!builder.ok()) return builder.status();
  absl::Status installed = directory_.Install(update.zone_id, *std::move(builder));
  if (installed.ok()) Note(update.zone_id, update.revision);
  return installed;
}

absl::Status ZoneInstaller::Change(const ZoneUpdate& update) {
  absl::Status changed = directory_.Update(update.zone_id, AsUpdates(update.records));
  if (changed.ok()) Note(update.zone_id, update.revision);
  return changed;
}

std::optional<ZoneInstaller::Built> ZoneInstaller::InstallBuilt(const DigestKeys& keys) {
  if (big_ == nullptr) return std::nullopt;
  std::optional<BigZones::Built> zone = big_->Take();
  std::optional<Built> built;
  if (zone.has_value()) {
    absl::Status status = zone->builder.status();
    if (status.ok()) status = directory_.Install(zone->zone_id, *std::move(zone->builder));
    // One batch, however many changes it came to.
    if (status.ok() && !zone->changes.empty())
      status = directory_.Update(zone->zone_id, AsUpdates(zone->changes));
    if (status.ok()) {
      Note(zone->zone_id, zone->revision);
    } else {
      Fail(zone->zone_id, zone->apex);
    }
    directory_.Publish();
    built = Built{std::move(zone->zone_id), std::string(status.message())};
  }
  big_->StartNext(keys);
  return built;
}

std::vector<LoadingZone> ZoneInstaller::Loading() const {
  std::vector<LoadingZone> loading;
  if (big_ == nullptr) return loading;
  for (std::string& zone_id : big_->Ids()) {
    const uint64_t served = ServedRevision(zone_id);
    loading.push_back({std::move(zone_id), served});
  }
  return loading;
}

void ZoneInstaller::KeepServed() {
  if (big_ != nullptr) {
    for (const std::string& zone_id : big_->Ids()) big_->Drop(zone_id);
  }
  // The digest keys may be others.
  hashers_.clear();
  for (const auto& [zone_id, revision] : zones_) {
    if (revision != 0) kept_.insert(zone_id);
  }
}

void ZoneInstaller::RemoveKept(const std::function<bool(const std::string& zone_id)>& mine) {
  const std::vector<std::string> kept(kept_.begin(), kept_.end());
  for (const std::string& zone_id : kept) {
    if (mine(zone_id)) continue;
    directory_.Remove(zone_id);
    Forget(zone_id);
  }
  directory_.Publish();
}

void ZoneInstaller::Fail(const std::string& zone_id, const dns::Name& apex) {
  if (big_ != nullptr) big_->Drop(zone_id);
  if (directory_.Fail(zone_id, apex).ok()) {
    Note(zone_id, 0);
  } else {
    Forget(zone_id);
  }
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

void ZoneInstaller::Note(const std::string& zone_id, uint64_t revision) {
  kept_.erase(zone_id);
  const auto [zone, added] = zones_.try_emplace(zone_id, revision);
  const bool was_failing = !added && zone->second == 0;
  failing_ += static_cast<size_t>(revision == 0) - static_cast<size_t>(was_failing);
  zone->second = revision;
}

void ZoneInstaller::Forget(const std::string& zone_id) {
  const auto zone = zones_.find(zone_id);
  if (zone == zones_.end()) return;
  failing_ -= static_cast<size_t>(zone->second == 0);
  kept_.erase(zone_id);
  zones_.erase(zone);
}

uint64_t ZoneInstaller::ServedRevision(const std::string& zone_id) const {
  const auto zone = zones_.find(zone_id);
  return zone == zones_.end() ? 0 : zone->second;
}

}  // namespace quartet::nameserver
