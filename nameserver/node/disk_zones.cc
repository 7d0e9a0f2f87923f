#include "nameserver/node/disk_zones.h"

#include <pthread.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "replication/base/log.h"

namespace quartet::nameserver {

absl::StatusOr<std::unique_ptr<DiskZones>> DiskZones::Open(const store::Store& store, Directory& directory,
                                                           size_t memory_budget,
                                                           const ServerIdentity& identity) {
  std::unique_ptr<DiskZones> zones(new DiskZones(store, directory, identity));
  absl::StatusOr<StoredNames> names = ReadStoredNames(store, directory);
  if (!names.ok()) return names.status();
  if (!names->complete) return absl::FailedPreconditionError("the database does not hold all of its zones");
  zones->names_ = *std::move(names);
  if (memory_budget != 0) {
    const size_t names_bytes = std::min(memory_budget, directory.own_bytes());
    directory.set_page_budget(std::max(memory_budget / 8, memory_budget - names_bytes));
  }
  zones->thread_ = std::thread([raw = zones.get()] { raw->Run(); });
  pthread_setname_np(zones->thread_.native_handle(), "install");
  return zones;
}

DiskZones::DiskZones(const store::Store& store, Directory& directory, const ServerIdentity& identity)
    : loads_(store, [this] { Tell(read_); }, {.large = BigZones::kRecordSets}),
      parking_(
          directory,
          [this](absl::string_view zone_id, std::span<const uint8_t> apex) { loads_.Want(zone_id, apex); },
          identity),
      installer_(
          store, directory, [this] { Tell(built_); },
          Residency{&loads_, [this](const std::string& zone_id, bool readable) {
                      parking_.Settled(zone_id, readable);
                    }}) {}

DiskZones::~DiskZones() {
  Tell(stop_);
  if (thread_.joinable()) thread_.join();
}

void DiskZones::Tell(bool& what) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    what = true;
  }
  wake_.notify_one();
}

void DiskZones::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return read_ || built_ || stop_; });
    if (stop_) return;
    const bool built = std::exchange(built_, false);
    read_ = false;
    lock.unlock();
    std::vector<UnloadableZone> failed = installer_.InstallLoaded(names_.digest_keys);
    if (built) {
      std::optional<ZoneInstaller::Built> zone = installer_.InstallBuilt(names_.digest_keys);
      if (zone.has_value() && !zone->unloadable.empty()) failed.push_back({zone->zone_id, zone->unloadable});
    }
    for (const UnloadableZone& zone : failed)
      LogError("zone {} can't be served and answers SERVFAIL: {}", zone.zone_id, zone.reason);
    lock.lock();
  }
}

}  // namespace quartet::nameserver
