// Zones served from a replica that was made of their files.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nameserver/replica/replica.h"
#include "nameserver/standalone/data_directory.h"
#include "nameserver/zone/directory.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

// Not thread-safe: it is the directory's writer.
class ImportedZones {
 public:
  // Puts the zones of the list into `directory`: from the replica in `data`, which is made first if there is none that can
  // be read, or if it was made of other files (sources.h). `stopped`: as ZoneLoading's. Errors: those of DataDirectory,
  // ReadListedZones, LoadListedZones and the store. `directory` must outlive it.
  static absl::StatusOr<std::unique_ptr<ImportedZones>> Open(const std::string& data,
                                                             const std::string& zone_list,
                                                             const std::function<bool()>& stopped,
                                                             Directory& directory);

 private:
  explicit ImportedZones(DataDirectory data) : data_(std::move(data)) {}
  absl::Status OpenStore(const std::string& zone_list, const std::function<bool()>& stopped);
  // Why the replica has to be made; empty: it is open, and of these files.
  absl::StatusOr<std::string> TryReplica(const std::string& zone_list);
  absl::Status Import(const std::string& zone_list, const std::function<bool()>& stopped);
  absl::Status Install(Directory& directory);

  DataDirectory data_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Replica> replica_;
};

}  // namespace quartet::nameserver
