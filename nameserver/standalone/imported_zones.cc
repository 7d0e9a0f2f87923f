#include "nameserver/standalone/imported_zones.h"

#include <utility>
#include <vector>

#include "nameserver/standalone/listed_zones.h"
#include "nameserver/standalone/replica_import.h"
#include "nameserver/standalone/sources.h"
#include "replication/base/clock.h"
#include "replication/base/log.h"

namespace quartet::nameserver {

absl::StatusOr<std::unique_ptr<ImportedZones>> ImportedZones::Open(const Options& options,
                                                                   Directory& directory) {
  absl::StatusOr<DataDirectory> data = DataDirectory::Open(options.data);
  if (!data.ok()) return data.status();
  std::unique_ptr<ImportedZones> zones(new ImportedZones(*std::move(data)));
  if (absl::Status status = zones->OpenStore(options); !status.ok()) return status;
  directory.Reserve(ImportedCount(*zones->store_));
  absl::StatusOr<std::unique_ptr<DiskZones>> served =
      DiskZones::Open(*zones->store_, directory, options.memory_budget, options.identity);
  if (!served.ok()) return served.status();
  zones->served_ = *std::move(served);
  return zones;
}

absl::Status ImportedZones::OpenStore(const Options& options) {
  const absl::StatusOr<std::string> why = TryReplica(options.zone_list);
  if (!why.ok()) return why.status();
  if (why->empty()) return absl::OkStatus();
  LogInfo("zone files are to be imported: {}", *why);
  store_.reset();
  return Import(options);
}

absl::StatusOr<std::string> ImportedZones::TryReplica(const std::string& zone_list) {
  absl::StatusOr<std::unique_ptr<store::Store>> store = data_.OpenReplica();
  absl::Status status = store.status();
  if (store.ok()) {
    store_ = *std::move(store);
    const absl::StatusOr<Sources> sources = SourcesOf(*store_);
    if (sources.ok()) return sources->WhatChanged(zone_list);
    status = sources.status();
  }
  // Nothing is lost with a damaged one.
  if (absl::IsNotFound(status) || absl::IsDataLoss(status)) return std::string(status.message());
  return status;
}

absl::Status ImportedZones::Import(const Options& options) {
  const absl::StatusOr<ZoneList> list = ReadListedZones(options.zone_list);
  if (!list.ok()) return list.status();
  const absl::StatusOr<Sources> sources = Sources::Of(options.zone_list, *list);
  if (!sources.ok()) return sources.status();
  absl::StatusOr<std::unique_ptr<store::Store>> made = data_.BeginReplica();
  if (!made.ok()) return made.status();
  ReplicaImport import(**made, replication::SystemRandom());
  ZoneLoading loading{"importing", options.stopped, nullptr};
  loading.on_zone = [&](const dns::Name& apex, const std::vector<ZoneRecord>& records) {
    return import.Add(apex, records);
  };
  absl::Status status = LoadListedZones(*list, loading);
  if (status.ok()) status = import.Finish(*sources);
  if (!status.ok()) return status;
  made->reset();
  if (status = data_.TakeReplica(); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<store::Store>> opened = data_.OpenReplica();
  if (!opened.ok()) return opened.status();
  store_ = *std::move(opened);
  return absl::OkStatus();
}

}  // namespace quartet::nameserver
