#include "nameserver/replica/replica.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "replication/base/log.h"

namespace quartet::nameserver {

using replication::Subscriber;
using replication::ZoneUpdate;

namespace {

// What the table of what is stored of each zone will take, until it is read and says so.
constexpr size_t kTableBytesPerZone = 160;
// Zones that are read ahead of anybody asking.
constexpr size_t kPreloads = 256;

}  // namespace

absl::StatusOr<std::unique_ptr<Replica>> Replica::Open(const Parts& parts) {
  std::unique_ptr<Replica> replica(new Replica(parts));
  if (parts.residency.loads != nullptr) {
    absl::StatusOr<StoredNames> names = ReadStoredNames(parts.store, parts.directory);
    if (names.ok() && names->complete) {
      replica->names_ = *std::move(names);
      replica->FitBudget();
      return replica;
    }
    // A store that can't be read, or holds nothing to be served yet: what that comes to is said by Reopen.
  }
  absl::Status opened = replica->OpenAll();
  if (!opened.ok()) return opened;
  return replica;
}

absl::Status Replica::OpenAll() {
  absl::Status opened = Reopen();
  if (opened.ok() && parts_.residency.loads == nullptr)
    Install(subscriber_->StoredZones(), ZoneInstaller::Building::kAtOnce, nullptr);
  return opened;
}

absl::Status Replica::Start(Machine machine) {
  store_failure_ = machine.status();
  if (!machine.ok()) return Reopen();
  TakeMachine(*std::move(machine));
  return absl::OkStatus();
}

void Replica::NoteStored() {
  if (parts_.residency.loads == nullptr) return;
  const bool all_named = subscriber_->stored_count() == parts_.directory.zone_count();
  const uint64_t least = all_named ? ZoneInstaller::kGiantRecordSets : 0;
  for (const ZoneUpdate& zone : subscriber_->StoredZones(least)) installer_.NoteStored(zone);
  parts_.directory.Publish();
  FitBudget();
  if (!parts_.residency.on_demand) preloaded_ = "d";
  PreloadSome();
}

void Replica::PreloadSome() {
  if (preloaded_.empty() || parts_.residency.loads->later() >= kPreloads / 2) return;
  const absl::StatusOr<bool> more =
      ReadNames(parts_.store, preloaded_, kPreloads, [this](absl::string_view id, absl::string_view apex) {
        if (parts_.directory.StateOf(id) != Directory::State::kCold) return;
        parts_.residency.loads->WantLater(id, {reinterpret_cast<const uint8_t*>(apex.data()), apex.size()});
      });
  // If the store can't be read this begins anew with another one.
  if (!more.ok() || !*more) preloaded_.clear();
}

void Replica::FitBudget() {
  if (parts_.residency.loads == nullptr || parts_.memory_budget == 0) return;
  const size_t table =
      opening() ? parts_.directory.zone_count() * kTableBytesPerZone : subscriber_->stored_bytes();
  const size_t others = parts_.directory.own_bytes() + table;
  const size_t budget = parts_.memory_budget;
  parts_.directory.set_page_budget(std::max(budget / 8, budget - std::min(budget, others)));
}

absl::Status Replica::RenewStore() {
  // Of a full disk nothing is to be renewed: it takes writes as soon as there is room.
  const bool usable = store_failure_.ok() || absl::IsResourceExhausted(store_failure_);
  if (!usable && parts_.renew != nullptr) {
    const absl::StatusOr<Renewed> renewed = parts_.renew(store_failure_);
    if (!renewed.ok()) return renewed.status();
    if (*renewed == Renewed::kEmpty) {
      installer_.KeepServed();
      unloadable_.clear();
      refilling_ = installer_.zone_count() > 0;
    }
  }
  store_failure_ = absl::OkStatus();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Subscriber>> Replica::OpenSubscriber() {
  if (absl::Status renewed = RenewStore(); !renewed.ok()) return renewed;
  absl::StatusOr<std::unique_ptr<Subscriber>> subscriber =
      Subscriber::Open(parts_.store, parts_.clock, parts_.random, parts_.options);
  store_failure_ = subscriber.status();
  return subscriber;
}

absl::Status Replica::Reopen() {
  absl::StatusOr<std::unique_ptr<Subscriber>> subscriber = OpenSubscriber();
  // It is the store that is damaged, as was not known before: another one is at hand.
  if (absl::IsDataLoss(subscriber.status())) subscriber = OpenSubscriber();
  if (!subscriber.ok()) return subscriber.status();
  TakeMachine(*std::move(subscriber));
  return absl::OkStatus();
}

void Replica::TakeMachine(std::unique_ptr<Subscriber> machine) {
  subscriber_ = std::move(machine);
  // During a fill names are held that are not stored: those of zones still to come. It will be told them again.
  inventory_known_ = false;
  opened_at_ = subscriber_->cursor();
  if (!subscriber_->complete()) installer_.KeepOnly(subscriber_->StoredZones());
  NoteStored();
  for (const auto& [zone_id, reason] : unloadable_) subscriber_->Unloadable(zone_id, reason);
  for (const LoadingZone& zone : installer_.Loading()) subscriber_->Loading(zone.zone_id, 0);
}

void Replica::Install(const std::vector<ZoneUpdate>& updates, ZoneInstaller::Building building,
                      const store::Batch* batch) {
  for (const ZoneUpdate& update : updates) unloadable_.erase(update.zone_id);
  ZoneInstaller::Installed installed =
      installer_.Install(updates, subscriber_->digest_keys(), building, batch);
  for (const LoadingZone& zone : installed.loading) subscriber_->Loading(zone.zone_id, zone.served_revision);
  for (UnloadableZone& zone : installed.unloadable) NoteUnloadable(std::move(zone));
}

void Replica::InstallBuilt() {
  std::optional<ZoneInstaller::Built> built = installer_.InstallBuilt(digest_keys());
  if (!built.has_value()) return;
  if (!opening()) subscriber_->Loaded(built->zone_id);
  if (!built->unloadable.empty()) NoteUnloadable({std::move(built->zone_id), std::move(built->unloadable)});
}

void Replica::InstallLoaded() {
  for (UnloadableZone& zone : installer_.InstallLoaded(digest_keys())) NoteUnloadable(std::move(zone));
  PreloadSome();
}

bool Replica::Damaged(const std::string& zone_id, uint64_t generation, const std::string& reason) {
  if (!subscriber_->Damaged(zone_id, generation, reason)) return false;
  if (!installer_.KeepInMemory(zone_id)) NoteUnloadable({zone_id, reason});
  return true;
}

void Replica::NoteUnloadable(UnloadableZone zone) {
  LogError("zone {} can't be served and answers SERVFAIL until it was fetched anew: {}", zone.zone_id,
           zone.reason);
  // Else it will be told all of them.
  if (!opening()) subscriber_->Unloadable(zone.zone_id, zone.reason);
  unloadable_[std::move(zone.zone_id)] = std::move(zone.reason);
}

void Replica::FollowRefill() {
  // With its inventory it knows which zones it has; what is stored of a fill that broke off does not tell. Of one that
  // leaves later it is told.
  const bool told = subscriber_->complete() || subscriber_->cursor() != opened_at_;
  if (!inventory_known_ && told) {
    absl::flat_hash_set<std::string> mine;
    for (ZoneUpdate& zone : subscriber_->StoredZones()) mine.insert(std::move(zone.zone_id));
    installer_.RemoveKept([&mine](const std::string& zone_id) { return mine.contains(zone_id); });
    inventory_known_ = true;
  }
  if (!subscriber_->complete()) return;
  refilling_ = false;
  LogInfo("the database is filled anew: {} zones", installer_.zone_count());
}

quartet::replication::v1::Health Replica::Health() const {
  quartet::replication::v1::Health health = subscriber_->Health();
  if (refilling_) {
    health.add_alarms(
        "its database was damaged and is being filled anew from the controller; answers come from memory");
  }
  return health;
}

absl::StatusOr<Replica::Applied> Replica::Apply() {
  // Before the sockets are open nobody waits for an answer, and they open with all that is there.
  const auto building =
      subscriber_->complete() ? ZoneInstaller::Building::kBesides : ZoneInstaller::Building::kAtOnce;
  Subscriber::Ready ready = subscriber_->TakeReady();
  const bool writes = !ready.batch.empty() || ready.sync == store::Store::Sync::kYes;
  if (writes) {
    store_failure_ = parts_.store.Write(ready.batch, ready.sync);
    if (!store_failure_.ok()) return store_failure_;
  }
  if (refilling_) FollowRefill();
  if (!ready.visible.empty()) {
    Install(ready.visible, building, &ready.batch);
    FitBudget();
  }
  return Applied{.written = writes,
                 .drain = ready.drain,
                 .more = ready.more,
                 .inquiries = std::move(ready.inquiries),
                 .forget_inquiries = ready.forget_inquiries};
}

}  // namespace quartet::nameserver
