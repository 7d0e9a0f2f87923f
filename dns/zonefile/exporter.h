// Zone-file export: record sets to text that Import takes back to the same sets.
#pragma once

#include <span>
#include <string>

#include "dns/name/name.h"
#include "dns/record_set/record_set.h"

namespace quartet::dns {

// One line a record, each with owner, TTL, class, type and data, in aligned columns below "$ORIGIN apex";
// owners relative to the apex, names in data absolute. Sets come in canonical order of their owners (RFC 4034
// §6.1), SOA and NS first at each, whatever order they are given in.
std::string Export(const Name& apex, std::span<const RecordSet> sets);

// An owner as it stands below "$ORIGIN apex": the part in front of the apex, "@" for the apex; absolute outside the zone.
std::string RelativeOwner(const Name& owner, const Name& apex);

}  // namespace quartet::dns
