// The key of a record set within its zone, and where it lies in a replica's store. docs/formats/replica.md.
//
//   record key = canonical key of the owner relative to the apex (dns/name/canonical_key.h) . 0x00 .
//   u16be(type)
//                . set identifier (empty until routing policies come)
//   store key  = 'r' . zone id (14 bytes) . u64be(generation) . record key
//
// Bytes sort in canonical order of owners, then by type; all record sets at or below a name share a prefix.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "dns/rdata/type.h"

namespace quartet::replication {

// `owner` must be within `apex`.
std::string RecordKey(const dns::Name& owner, const dns::Name& apex, dns::Type type);

// A record key taken apart; views into it.
struct RecordKeyParts {
  absl::string_view owner_key;
  dns::Type type;
  absl::string_view set_identifier;
};
// INVALID_ARGUMENT: not a record key (escapes, case, label and name lengths are checked; a set identifier has
// at most 255 bytes).
absl::StatusOr<RecordKeyParts> SplitRecordKey(absl::string_view record_key);

// Keys of the record sets that Quartet maintains in every zone: its SOA, and that or its apex NS.
bool IsSoaKey(absl::string_view record_key);
bool IsOwnKey(absl::string_view record_key);

}  // namespace quartet::replication
