// Zones served from a replica that was made of their files, and loaded from it as they are asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nameserver/answer/identity.h"
#include "nameserver/node/disk_zones.h"
#include "nameserver/standalone/data_directory.h"
#include "nameserver/zone/directory.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

// Not thread-safe.
class ImportedZones {
 public:
  struct Options {
    // See data_directory.h and zone_list.h.
    std::string data;
    std::string zone_list;
    // As DiskZones::Open.
    size_t memory_budget = 0;
    ServerIdentity identity;
    // As ZoneLoading's.
    std::function<bool()> stopped;
  };
  // Names the zones of the list in `directory`, which must be empty and outlive it: from the replica, which is made first if
  // there is none that can be read, or if it was made of other files (sources.h). Errors: those of DataDirectory,
  // ReadListedZones, LoadListedZones, DiskZones and the store.
  static absl::StatusOr<std::unique_ptr<ImportedZones>> Open(const Options& options, Directory& directory);

  // See DiskZones.
  Parking& parking() { return served_->parking(); }
  uint64_t loads() const { return served_->loads(); }

 private:
  explicit ImportedZones(DataDirectory data) : data_(std::move(data)) {}
  absl::Status OpenStore(const Options& options);
  // Why the replica has to be made; empty: it is open, and of these files.
  absl::StatusOr<std::string> TryReplica(const std::string& zone_list);
  absl::Status Import(const Options& options);

  DataDirectory data_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<DiskZones> served_;
};

}  // namespace quartet::nameserver
