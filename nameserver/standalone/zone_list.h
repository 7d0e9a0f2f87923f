// The list of zones that a standalone server answers for.
//
//   # NAME PATH, one zone a line; PATH is relative to the folder of the list
//   example.com            example.com.zone
//   one.example            parked.zone
//   another.example.       parked.zone
//
// Empty lines, and lines that begin with '#' or ';', say nothing. A path goes to the end of its line, so that it may have
// blanks in it. Several names may have one file: its relative owner names are then completed with each of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "dns/zonefile/fault.h"

namespace quartet::nameserver {

struct ZoneList {
  struct Zone {
    dns::Name apex;
    uint32_t line;
  };
  struct File {
    std::string path;
    // In the order of the list; at least one.
    std::vector<Zone> zones;
  };
  // In the order in which the list names them first. Invariant: no path twice, and no apex twice in all of them.
  std::vector<File> files;
  size_t zone_count = 0;
};

// Reads a list. `name`: what the list is called in faults; relative paths are put behind its folder. Faults are added to
// `faults` (rules "zone-name", "zone-path", "zone-twice"), and their lines are left out of the list. A pure function.
ZoneList ParseZoneList(absl::string_view text, const std::string& name, dns::FaultLog& faults);

}  // namespace quartet::nameserver
