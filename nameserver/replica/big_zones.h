// Large zones that are to be served anew and whose trees are not built yet: what is to be built, and what
// changed since.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "nameserver/replica/zone_loader.h"
#include "nameserver/zone/tree.h"
#include "replication/feed/subscriber.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

// Not thread-safe: the thread that applies owns it. Store must outlive it.
//
// Memory it may take: the tree being built (of one zone, however many wait), and kKeptBytes of changes to
// that zone. Changes to one that waits need none: it is read from the store as it is when its turn comes.
class BigZones {
 public:
  // From how many record sets on a zone is built here: a smaller one takes less than some 20 ms.
  static constexpr uint64_t kRecordSets = 20'000;
  // Of changes kept for the zone that is being built; with more it is built again, from then on.
  static constexpr size_t kKeptBytes = 16 << 20;

  BigZones(const store::Store& store, std::function<void()> ready)
      : store_(store), loader_(std::move(ready)) {}

  // To be built and served in the place of what is; takes the place of what was to be built for the zone.
  void Load(const replication::ZoneUpdate& load);
  // A kRecords of a zone that is to be built: it will be in what is built. False: it is none of these.
  bool Keep(const replication::ZoneUpdate& change);
  // Nothing is to be built for the zone any more.
  void Drop(const std::string& zone_id);
  bool Has(const std::string& zone_id) const { return zones_.contains(zone_id); }
  std::vector<std::string> Ids() const;

  // Builds the next zone, unless one is being built. Precondition: the store has all that was told here.
  // `digest_keys` by id.
  void StartNext(const std::map<uint32_t, std::string>& digest_keys);

  struct Built {
    std::string zone_id;
    dns::Name apex;
    // What the zone is once `changes` are applied.
    uint64_t revision;
    absl::StatusOr<ZoneBuilder> builder;
    // Since it was begun, in order.
    std::vector<replication::ZoneUpdate::Record> changes;
  };
  // The zone that is done; it is none of these any more. StartNext is to follow.
  std::optional<Built> Take();

 private:
  struct Zone {
    // As the store has it after all that was told: what would be built now.
    replication::ZoneUpdate target;
    std::vector<replication::ZoneUpdate::Record> changes;
    size_t changes_bytes = 0;
  };
  void BuildAgain(const std::string& zone_id, Zone& zone);

  const store::Store& store_;
  absl::flat_hash_map<std::string, Zone> zones_;
  // Those of zones_ that wait, and then the one being built. Nothing there: what is being built isn't wanted.
  std::deque<std::string> waiting_;
  std::optional<std::string> building_;
  ZoneLoader loader_;
};

}  // namespace quartet::nameserver
