// What of an entry a nameserver's nodes get. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "quartet/replication/v1/feed.pb.h"
#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"

namespace quartet::replication {

// The zone as nodes of `nameserver` store it; nullopt: it is not theirs (deleted, or assigned to others).
std::optional<stored::v1::NodeZoneRow> NodeRowFor(const stored::v1::ZoneRow& zone,
                                                  const std::string& nameserver);

// One for each zone the entry is about (changed, staged, flipped or its stage aborted), served parts only;
// empty if `nameserver` is not among its targets. A zone that is not the nameserver's afterwards has no row
// in its delta.
std::vector<quartet::replication::v1::NodeEntry> FilterEntry(const stored::v1::Entry& entry,
                                                             const std::string& nameserver);

}  // namespace quartet::replication
