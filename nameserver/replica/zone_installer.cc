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

// It is the same version of the zone.
bool Same(const replication::ZoneOnDisk& a, const replication::ZoneOnDisk& b) {
  const auto digest = [](const replication::ZoneOnDisk& zone) {
    return zone.parts.empty() ? replication::Digest() : zone.parts.front().digest;
  };
  return a.generation == b.generation && a.revision == b.revision && digest(a) == digest(b);
}

ZoneUpdate LoadOf(const ColdLoads::Loaded& loaded) {
  ZoneUpdate update;
  update.kind = ZoneUpdate::Kind::kLoad;
  update.zone_id = loaded.zone_id;
  update.apex = loaded.apex;
  update.revision = loaded.zone.revision;
  update.generation = loaded.zone.generation;
  update.digest = loaded.zone.parts.front().digest.ToBytes();
  update.digest_key_id = loaded.zone.digest_key_id;
  update.record_sets = loaded.zone.record_sets;
  return update;
}

}  // namespace

ZoneInstaller::ZoneInstaller(const store::Store& store, Directory& directory, std::function<void()> built,
                             Residency residency)
    : store_(store), directory_(directory), residency_(std::move(residency)) {
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
  PublishAndSettle();
  // Now that the store and what is to be built are of one state.
  if (big_ != nullptr) big_->StartNext(keys);
  return installed;
}

void ZoneInstaller::KeepOnly(const std::vector<ZoneUpdate>& zones) {
  absl::flat_hash_set<absl::string_view> kept;
  for (const ZoneUpdate& zone : zones) kept.insert(zone.zone_id);
  std::vector<std::string> others;
  directory_.ForEach([&](absl::string_view zone_id, std::span<const uint8_t>) {
    if (!kept.contains(zone_id) && !kept_.contains(zone_id)) others.emplace_back(zone_id);
  });
  for (const std::string& zone_id : others) {
    DropBig(zone_id);
    directory_.Remove(zone_id);
  }
  PublishAndSettle();
}

void ZoneInstaller::PublishAndSettle() {
  directory_.Publish();
  for (const SettledZone& zone : settled_) {
    residency_.loads->Done(zone.zone_id);
    residency_.settled(zone.zone_id, zone.readable);
  }
  settled_.clear();
}

void ZoneInstaller::DropBig(const std::string& zone_id) {
  if (big_ == nullptr || !big_->Has(zone_id)) return;
  big_->Drop(zone_id);
  // It may have been wanted, and is settled whatever it is now.
  if (residency_.loads != nullptr) settled_.push_back({zone_id, true});
}

absl::Status ZoneInstaller::Apply(const ZoneUpdate& update, const Round& round) {
  if (update.kind == ZoneUpdate::Kind::kFail && kept_.contains(update.zone_id)) return absl::OkStatus();
  const bool records = update.kind == ZoneUpdate::Kind::kRecords;
  if (big_ != nullptr && records && big_->Keep(update)) return absl::OkStatus();
  if (residency_.loads != nullptr) {
    const Directory::State state = directory_.StateOf(update.zone_id);
    // What is not in memory changes on disk only; whoever asks for it gets it as it is there by then.
    if (records && state == Directory::State::kCold) return absl::OkStatus();
    const bool comes = residency_.on_demand && state != Directory::State::kResident;
    if (update.kind == ZoneUpdate::Kind::kLoad && (comes || state == Directory::State::kCold))
      return LeaveOnDisk(update);
  }
  const bool large = update.kind == ZoneUpdate::Kind::kLoad && update.record_sets >= BigZones::kRecordSets;
  if (big_ != nullptr && large && round.building == Building::kBesides)
    return LoadBesides(update, round.loading);
  if (!records) DropBig(update.zone_id);
  switch (update.kind) {
    case ZoneUpdate::Kind::kLoad:
      return Load(update, round);
    case ZoneUpdate::Kind::kRecords:
      return Change(update);
    case ZoneUpdate::Kind::kFail: {
      absl::Status failed = directory_.Fail(update.zone_id, update.apex);
      if (failed.ok()) kept_.erase(update.zone_id);
      return failed;
    }
    case ZoneUpdate::Kind::kRemove:
      directory_.Remove(update.zone_id);
      kept_.erase(update.zone_id);
      return absl::OkStatus();
  }
  QUARTET_CHECK(false);
}

absl::Status ZoneInstaller::LoadBesides(const ZoneUpdate& update, std::vector<LoadingZone>& loading) {
  const uint64_t served = directory_.RevisionOf(update.zone_id);
  if (served == 0) {
    // It has a name from now on, which no parent answers for.
    absl::Status failed = directory_.Fail(update.zone_id, update.apex);
    if (!failed.ok()) return failed;
    kept_.erase(update.zone_id);
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
  absl::Status installed = directory_.Install(update.zone_id, *std::move(builder), update.revision);
  if (installed.ok()) kept_.erase(update.zone_id);
  return installed;
}

absl::Status ZoneInstaller::Change(const ZoneUpdate& update) {
  absl::Status changed = directory_.Update(update.zone_id, AsUpdates(update.records), update.revision);
  if (changed.ok()) kept_.erase(update.zone_id);
  return changed;
}

absl::Status ZoneInstaller::LeaveOnDisk(const ZoneUpdate& update) {
  DropBig(update.zone_id);
  absl::Status named = directory_.Unload(update.zone_id, update.apex);
  if (!named.ok()) return named;
  kept_.erase(update.zone_id);
  const bool giant = update.record_sets >= kGiantRecordSets;
  if (giant || !residency_.on_demand) residency_.loads->WantLater(update.zone_id, update.apex.wire());
  return absl::OkStatus();
}

void ZoneInstaller::NoteStored(const ZoneUpdate& zone) {
  if (directory_.StateOf(zone.zone_id) == Directory::State::kAbsent) {
    (void)directory_.Unload(zone.zone_id, zone.apex);
  }
  if (zone.record_sets >= kGiantRecordSets) residency_.loads->WantLater(zone.zone_id, zone.apex.wire());
}

std::vector<UnloadableZone> ZoneInstaller::InstallLoaded(const DigestKeys& keys) {
  std::vector<UnloadableZone> unloadable;
  for (ColdLoads::Loaded& loaded : residency_.loads->Take()) TakeLoaded(std::move(loaded), unloadable);
  PublishAndSettle();
  if (big_ != nullptr) big_->StartNext(keys);
  return unloadable;
}

void ZoneInstaller::TakeLoaded(ColdLoads::Loaded loaded, std::vector<UnloadableZone>& unloadable) {
  using Outcome = ColdLoads::Loaded::Outcome;
  const std::string zone_id = loaded.zone_id;
  // It is settled when it is built.
  if (big_ != nullptr && big_->Has(zone_id)) return;
  if (directory_.StateOf(zone_id) != Directory::State::kCold) return settled_.push_back({zone_id, true});
  const ColdLoads::Loaded now = ColdLoads::ReadRow(store_, zone_id, loaded.apex);
  if (loaded.outcome == Outcome::kUnreadable || now.outcome == Outcome::kUnreadable)
    return settled_.push_back({zone_id, false});
  if (!Same(loaded.zone, now.zone)) return residency_.loads->Again(zone_id, loaded.apex);
  // As StoredZone: nobody is sent to a joiner that has nothing yet.
  if (loaded.outcome == Outcome::kNothing && now.zone.joining) {
    directory_.Remove(zone_id);
    return settled_.push_back({zone_id, true});
  }
  if (loaded.outcome == Outcome::kLarge && big_ != nullptr) return big_->Load(LoadOf(loaded));
  const dns::Name apex = loaded.apex;
  const bool damaged = loaded.outcome != Outcome::kNothing;
  const absl::Status installed = InstallOne(std::move(loaded));
  if (!installed.ok()) {
    // One that a new store does not have yet is to come, and is known to.
    if (damaged && !kept_.contains(zone_id))
      unloadable.push_back({zone_id, std::string(installed.message())});
    (void)directory_.Fail(zone_id, apex);
  }
  settled_.push_back({zone_id, true});
}

absl::Status ZoneInstaller::InstallOne(ColdLoads::Loaded loaded) {
  if (loaded.outcome == ColdLoads::Loaded::Outcome::kNothing) return absl::NotFoundError("nothing is stored");
  if (!loaded.status.ok()) return loaded.status;
  if (!loaded.builder.ok()) return loaded.builder.status();
  return directory_.Install(loaded.zone_id, *std::move(loaded.builder), loaded.zone.revision);
}

bool ZoneInstaller::KeepInMemory(const std::string& zone_id) {
  if (residency_.loads == nullptr) return true;
  directory_.Pin(zone_id);
  const std::optional<dns::Name> apex = directory_.ApexOf(zone_id);
  if (!apex.has_value() || directory_.StateOf(zone_id) != Directory::State::kCold) return true;
  (void)directory_.Fail(zone_id, *apex);
  PublishAndSettle();
  return false;
}

std::optional<ZoneInstaller::Built> ZoneInstaller::InstallBuilt(const DigestKeys& keys) {
  if (big_ == nullptr) return std::nullopt;
  std::optional<BigZones::Built> zone = big_->Take();
  std::optional<Built> built;
  if (zone.has_value()) {
    absl::Status status = zone->builder.status();
    if (status.ok()) status = directory_.Install(zone->zone_id, *std::move(zone->builder), zone->revision);
    // One batch, however many changes it came to.
    if (status.ok() && !zone->changes.empty())
      status = directory_.Update(zone->zone_id, AsUpdates(zone->changes), zone->revision);
    if (status.ok()) {
      kept_.erase(zone->zone_id);
    } else {
      Fail(zone->zone_id, zone->apex);
    }
    if (residency_.loads != nullptr) settled_.push_back({zone->zone_id, true});
    PublishAndSettle();
    built = Built{std::move(zone->zone_id), std::string(status.message())};
  }
  big_->StartNext(keys);
  return built;
}

std::vector<LoadingZone> ZoneInstaller::Loading() const {
  std::vector<LoadingZone> loading;
  if (big_ == nullptr) return loading;
  for (std::string& zone_id : big_->Ids()) {
    const uint64_t served = directory_.RevisionOf(zone_id);
    loading.push_back({std::move(zone_id), served});
  }
  return loading;
}

void ZoneInstaller::KeepServed() {
  if (big_ != nullptr) {
    for (const std::string& zone_id : big_->Ids()) DropBig(zone_id);
  }
  // The digest keys may be others.
  hashers_.clear();
  directory_.ForEach([this](absl::string_view zone_id, std::span<const uint8_t>) {
    if (directory_.StateOf(zone_id) == Directory::State::kFailing) return;
    kept_.emplace(zone_id);
    // There is nothing to load it from any more.
    directory_.Pin(zone_id);
  });
  PublishAndSettle();
}

void ZoneInstaller::RemoveKept(const std::function<bool(const std::string& zone_id)>& mine) {
  const std::vector<std::string> kept(kept_.begin(), kept_.end());
  for (const std::string& zone_id : kept) {
    if (mine(zone_id)) continue;
    directory_.Remove(zone_id);
    kept_.erase(zone_id);
  }
  PublishAndSettle();
}

void ZoneInstaller::Fail(const std::string& zone_id, const dns::Name& apex) {
  DropBig(zone_id);
  (void)directory_.Fail(zone_id, apex);
  kept_.erase(zone_id);
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

}  // namespace quartet::nameserver
