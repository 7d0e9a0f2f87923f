// Where a name leads in a zone (RFC 1034 §4.3.2 step 3, RFC 4592 §3.3, RFC 6672 §3.2).
#pragma once

#include <cstdint>

#include "nameserver/zone/lookup_name.h"
#include "nameserver/zone/tree.h"

namespace quartet::nameserver {

enum class Place : uint8_t {
  // `name` has records that may answer: its own, or those of a wildcard.
  kName,
  // It exists without records of its own (RFC 8020), or a wildcard that does covers it.
  kEmpty,
  kNowhere,
  // `name` is a zone cut at or above it.
  kCut,
  // `name` is above it and has a DNAME.
  kDname,
};

struct Location {
  NameView name;
  Place place;
  // kName, kEmpty: by a wildcard.
  bool wildcard;
  // kCut, kDname: labels of `name` below the apex.
  uint16_t labels;
};

// `key` is the name relative to the zone's apex, `search` what was found for it in the zone. A DS query at a cut is for
// this side of it (RFC 4035 §3.1.4.1).
Location Locate(const ZoneTree& zone, const LookupKey& key, uint16_t type, ZoneTree::Search search);

// Whether a name with records is data of this zone: not at or below a cut, nor below a DNAME.
bool IsAuthoritative(const ZoneTree& zone, const LookupKey& key);

}  // namespace quartet::nameserver
