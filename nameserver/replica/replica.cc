#include "nameserver/replica/replica.h"

#include <utility>

#include "replication/base/log.h"

namespace quartet::nameserver {

using replication::Subscriber;
using replication::ZoneUpdate;

absl::StatusOr<std::unique_ptr<Replica>> Replica::Open(const Parts& parts) {
  std::unique_ptr<Replica> replica(new Replica(parts));
  absl::Status opened = replica->Reopen();
  if (!opened.ok()) return opened;
  replica->Install(replica->subscriber_->StoredZones(), ZoneInstaller::Building::kAtOnce, nullptr);
  return replica;
}

absl::Status Replica::Reopen() {
  absl::StatusOr<std::unique_ptr<Subscriber>> subscriber =
      Subscriber::Open(parts_.store, parts_.clock, parts_.random, parts_.options);
  if (!subscriber.ok()) return subscriber.status();
  subscriber_ = *std::move(subscriber);
  // During the first fill names are held that are not stored: those of zones still to come. It will be told them again.
  if (!subscriber_->complete()) installer_.KeepOnly(subscriber_->StoredZones());
  for (const auto& [zone_id, reason] : unloadable_) subscriber_->Unloadable(zone_id, reason);
  for (const LoadingZone& zone : installer_.Loading()) subscriber_->Loading(zone.zone_id, 0);
  return absl::OkStatus();
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
  std::optional<ZoneInstaller::Built> built = installer_.InstallBuilt(subscriber_->digest_keys());
  if (!built.has_value()) return;
  subscriber_->Loaded(built->zone_id);
  if (!built->unloadable.empty()) NoteUnloadable({std::move(built->zone_id), std::move(built->unloadable)});
}

void Replica::NoteUnloadable(UnloadableZone zone) {
  LogError("zone {} can't be served and answers SERVFAIL until it was fetched anew: {}", zone.zone_id,
           zone.reason);
  subscriber_->Unloadable(zone.zone_id, zone.reason);
  unloadable_[std::move(zone.zone_id)] = std::move(zone.reason);
}

absl::StatusOr<Replica::Applied> Replica::Apply() {
  // Before the sockets are open nobody waits for an answer, and they open with all that is there.
  const auto building =
      subscriber_->complete() ? ZoneInstaller::Building::kBesides : ZoneInstaller::Building::kAtOnce;
  Subscriber::Ready ready = subscriber_->TakeReady();
  const bool writes = !ready.batch.empty() || ready.sync == store::Store::Sync::kYes;
  if (writes) {
    absl::Status written = parts_.store.Write(ready.batch, ready.sync);
    if (!written.ok()) return written;
  }
  if (!ready.visible.empty()) Install(ready.visible, building, &ready.batch);
  return Applied{.written = writes,
                 .drain = ready.drain,
                 .more = ready.more,
                 .inquiries = std::move(ready.inquiries),
                 .forget_inquiries = ready.forget_inquiries};
}

}  // namespace quartet::nameserver
