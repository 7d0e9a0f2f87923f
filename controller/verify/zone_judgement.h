// Whether a node has a zone as it should: what it reports, against the controller's row. A pure function.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "quartet/replication/v1/feed.pb.h"
#include "quartet/stored/v1/zone.pb.h"

namespace quartet::controller {

struct Judgement {
  enum class Kind {
    kSame,
    kDiffers,     // the same revision, another digest
    kDamaged,     // what is on its disk is not what its own row says
    kMissing,     // it has not the zone, and should
    kExtra,       // it has the zone, and should not
    kUncompared,  // not at one revision, or BEHIND
  };
  Kind kind = Kind::kSame;
  // Unless kSame: in words, for people.
  std::string reason;
  // It may look otherwise in a moment, for entries are on their way.
  bool moving = false;
};

// `expected` is the zone as a node of that nameserver should have it (nullopt: not at all), read *after* the report came,
// so that the node can't be ahead of it for long. `report`: what it has; nullptr: nothing. Digests are compared only at
// equal (epoch, revision); a recomputed one goes before the one its row says.
Judgement Judge(const std::optional<stored::v1::NodeZoneRow>& expected, uint64_t epoch,
                const quartet::replication::v1::ZoneReport* report);

}  // namespace quartet::controller
