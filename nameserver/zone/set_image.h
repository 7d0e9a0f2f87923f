// Record sets in the form pages hold: compressed as far as can be known before a query comes.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "dns/name/name.h"
#include "nameserver/zone/page.h"
#include "nameserver/zone/rcu.h"
#include "replication/record/record_value.h"

namespace quartet::nameserver {

// Names in a set are compressed against earlier ones only up to here in its image. With the bounds of the
// answer section (answer/response.h) every compression pointer then reaches its target (RFC 1035 §4.1.4: 14
// bits).
inline constexpr size_t kMaxMarkTarget = 0x1bff;

// Appends the set to `out` in page form (page.h). Record data of NS, CNAME, SOA, PTR and MX is compressed
// (RFC 3597 §4), against the apex without regard to case, against earlier names of the set with their case. A
// set above kMaxInlineSet gets a block of its own, added to `blocks`. INVALID_ARGUMENT: record data is not
// what its type says, or more than a message can hold; nothing is appended then.
absl::Status AppendRecordSet(uint16_t type, const replication::ServedView& served, const dns::Name& apex,
                             std::string* out, BlockList* blocks);

// The block outside the page, if the record set at `set` has one; else nullptr.
void* ExternalBlock(const uint8_t* set);

}  // namespace quartet::nameserver
