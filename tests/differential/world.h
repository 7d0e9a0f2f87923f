// The zones that the servers have below one base, as the rules of comparison need to know them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "dns/record_set/record_set.h"

namespace quartet::differential {

struct Zone {
  dns::Name apex;
  // Every name with records, with its record sets by type.
  std::map<dns::Name, std::map<dns::Type, dns::RecordSet>> names;

  const dns::RecordSet* Find(const dns::Name& name, dns::Type type) const;
  // It has records, or names below it have.
  bool Exists(const dns::Name& name) const;
  // The highest cut at or above the name, or nullptr.
  const dns::Name* CutAbove(const dns::Name& name) const;
};

class World {
 public:
  // Adds the zone in a file. INVALID_ARGUMENT: the file is not one.
  absl::Status AddFile(absl::string_view apex, const std::string& path);

  // The most specific zone with the name; nullptr: none.
  const Zone* ZoneOf(const dns::Name& name) const;
  // The zone that answers: that above for the DS of a zone's own name, if there is one (RFC 4035 §3.1.4.1).
  const Zone* ZoneFor(const dns::Name& name, dns::Type type) const;
  const std::vector<Zone>& zones() const { return zones_; }

 private:
  std::vector<Zone> zones_;
};

}  // namespace quartet::differential
