// A nameserver without a controller: it answers from zone files as they stand.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nameserver/serve/server.h"
#include "nameserver/standalone/imported_zones.h"
#include "nameserver/zone/directory.h"
#include "proto/transport/metrics.h"

namespace quartet::nameserver {

struct StandaloneOptions {
  // See zone_list.h.
  std::string zone_list;
  // Directory of its replica; empty: none, zones are in memory only.
  std::string data;
  // With `data`: bytes for names and pages of zones; 0: any.
  size_t memory_budget = 0;
  ServeOptions serve;
  // Asked while zones are loaded: true ends that with CANCELLED.
  std::function<bool()> stopped;
};

// Start and Stop are for one thread.
class Standalone {
 public:
  // Loads all zones (with `data`, their names), then opens the sockets, then says so (replication/base/readiness.h). Faults in the list and in zone
  // files are logged, each with its place, and nothing is served. Errors: INVALID_ARGUMENT: faults; those of ReadWholeFile
  // for the list; CANCELLED; those of ImportedZones::Open and Server::Open.
  static absl::StatusOr<std::unique_ptr<Standalone>> Start(const StandaloneOptions& options);
  // Stops first.
  ~Standalone();

  // Closes all sockets.
  void Stop();

  // Thread-safe, until Stop.
  std::vector<transport::Metric> Metrics() const;

 private:
  Standalone() = default;
  absl::Status Load(const StandaloneOptions& options);
  absl::Status LoadIntoMemory(const StandaloneOptions& options);
  absl::Status Open(const ServeOptions& options);

  Directory directory_;
  // Null without a data directory.
  std::unique_ptr<ImportedZones> imported_;
  std::unique_ptr<Server> server_;
};

}  // namespace quartet::nameserver
