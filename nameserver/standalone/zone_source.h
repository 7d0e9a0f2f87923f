// All zones of a list, read from their files one after the other.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "dns/name/name.h"
#include "dns/zonefile/fault.h"
#include "nameserver/standalone/zone_list.h"
#include "nameserver/standalone/zone_template.h"
#include "replication/base/clock.h"

namespace quartet::nameserver {

// Where they go, and what is told meanwhile; called in the thread that reads.
struct ZoneReceiver {
  // A zone's record sets in ascending order of keys, valid during the call. An error ends the reading.
  std::function<absl::Status(const dns::Name& apex, const std::vector<ZoneRecord>& records)> on_zone;
  // In a file, or (line 0) of a file. From the first on no zone is handed over any more, but the rest is looked at.
  std::function<void(const dns::Fault& fault)> on_fault;
  std::function<void(const dns::Fault& warning)> on_warning;
  // Zones of the list that are read by now; at least once a file.
  std::function<void(size_t zones)> on_progress;
};

// What is told of one file at most.
inline constexpr size_t kMaxFaultsToldOfFile = 1000;
inline constexpr size_t kMaxWarningsToldOfFile = 5;

// Reads and parses each file once where its names are relative, whatever number of zones it is of; a file with absolute
// names once for each. A fault is told once, for the first zone that it is found in. INVALID_ARGUMENT: there were faults,
// and how many; else what `on_zone` returned. `random` makes up the apex of files of several zones.
absl::Status ReadZones(const ZoneList& list, const ZoneReceiver& receiver, replication::Random& random);

}  // namespace quartet::nameserver
