// Zones from files put into a new node's replica (docs/formats/node_replica.md), as a controller's would be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "nameserver/standalone/sources.h"
#include "nameserver/standalone/zone_template.h"
#include "replication/base/clock.h"
#include "replication/digest/digest.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

// Not thread-safe. The replica is complete once Finish has returned OK, and not before: what a crash leaves is to be thrown
// away.
class ReplicaImport {
 public:
  // `store` is empty and outlives it. `random` makes its digest key and incarnation.
  ReplicaImport(store::Store& store, replication::Random& random);

  // Each apex once; `records` in ascending order of keys. Errors: the store's.
  absl::Status Add(const dns::Name& apex, const std::vector<ZoneRecord>& records);
  // Writes what makes the replica complete, and `sources`; synced.
  absl::Status Finish(const Sources& sources);

 private:
  absl::Status WriteIfFull();

  store::Store& store_;
  const std::string incarnation_;
  const std::string digest_key_;
  const replication::Hasher hasher_;
  uint64_t zones_ = 0;
  store::Batch batch_;
};

// What the replica in `store` was made of. NOT_FOUND: it was made by no import that came to its end.
absl::StatusOr<Sources> SourcesOf(const store::Reader& store);
// How many zones were imported; 0 where that can't be told.
uint64_t ImportedCount(const store::Reader& store);

}  // namespace quartet::nameserver
