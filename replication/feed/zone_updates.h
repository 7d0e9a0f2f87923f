// The changes of what a node answers that one write brings, each zone's in the shortest form.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "quartet/replication/v1/feed.pb.h"
#include "replication/feed/subscriber.h"
#include "replication/replica/node_zone.h"

namespace quartet::replication {

// What serves `zone` as it is stored: kLoad, or kFail where there is nothing to serve (kRemove where the nameserver is still
// JOINING). Precondition: zone.named.
ZoneUpdate StoredZone(const NodeZone& zone);

// Not thread-safe.
//
// All changes of a zone's record sets are one update: its tree is changed once a write, however many entries it had.
//
// A kLoad reads from the store after the write, so it must describe the zone as the write leaves it: later
// record changes go into it, and a load, failure or removal takes the place of all that came before it for
// its zone.
class ZoneUpdates {
 public:
  // The zone is stored anew under its generation, or has nothing to serve.
  void Load(const NodeZone& zone);
  // The same; its record sets are these puts of the write (ZoneUpdate).
  void Load(const NodeZone& zone, size_t put_from, size_t puts);
  // Its record sets changed as `delta` says.
  void Change(const NodeZone& zone, const quartet::replication::v1::ZoneDelta& delta);
  void Remove(const std::string& zone_id, const dns::Name& apex);

  // In order. It is empty afterwards.
  std::vector<ZoneUpdate> Take();

 private:
  void Supersede(ZoneUpdate update);

  struct Slot {
    ZoneUpdate update;
    bool superseded = false;
  };
  std::vector<Slot> slots_;
  // Slots of each zone that are not superseded.
  std::unordered_map<std::string, std::vector<size_t>> by_zone_;
};

}  // namespace quartet::replication
