// The zones of a list for an operator who watches: faults, warnings and progress go to the log.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dns/name/name.h"
#include "nameserver/standalone/zone_list.h"
#include "nameserver/standalone/zone_template.h"

namespace quartet::nameserver {

// Errors: INVALID_ARGUMENT: there are faults, which are logged, or no zones; those of ReadWholeFile.
absl::StatusOr<ZoneList> ReadListedZones(const std::string& path);

struct ZoneLoading {
  // What is done with the zones: "loading".
  std::string what;
  // Asked before each zone: true ends it with CANCELLED. May be empty.
  std::function<bool()> stopped;
  // As ZoneReceiver's.
  std::function<absl::Status(const dns::Name& apex, const std::vector<ZoneRecord>& records)> on_zone;
};

// Errors: as ReadZones; CANCELLED.
absl::Status LoadListedZones(const ZoneList& list, const ZoneLoading& loading);

}  // namespace quartet::nameserver
