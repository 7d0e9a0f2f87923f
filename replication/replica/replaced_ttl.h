// How long caches may hold what a change replaced, counted from when all nameservers serve it.
//
// What was changed or removed: its TTL. What was made where nothing was: the zone's negative TTL (RFC 2308 §5), and the
// longest TTL of the wildcards that may have stood for it (RFC 4592 §3.3). Where it is not looked at record set by record
// set (a flip, a deletion), the longest TTL that the generation ever had. So it is never too short, and sometimes longer
// than need be. The SOA counts only where more than its serial changed. A zone's creation counts as 0: what its parent
// said of the name before is not known here.
//
// All that it rests on comes from the log, so every controller finds the same. Damaged values count as 0: applying never
// fails for them.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/record_changes.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Notes the TTLs of what is put in a generation. Those of the apex' SOA and NS, which flips leave as they are, don't
// count.
void NoteTtls(const RecordPuts& puts, stored::v1::ZoneLocalRow& row);
void NoteTtls(const RecordPuts& puts, stored::v1::StageRow& row);

// Of a change record set by record set. `images`: what ChangeRecords noted of record sets removed, then put; `local`: as it
// was before.
absl::StatusOr<uint32_t> ReplacedTtl(const store::Reader& reader, const RecordsPlace& place,
                                     const stored::v1::ZoneLocalRow& local, const RecordPuts& puts,
                                     const RecordImages& images);

// Of a flip that puts another generation in the place of this one.
absl::StatusOr<uint32_t> ReplacedTtlOfFlip(const store::Reader& reader, const RecordsPlace& place,
                                           const stored::v1::ZoneLocalRow& local);

// Of a deletion: SOA and apex NS go with all else.
absl::StatusOr<uint32_t> ReplacedTtlOfDeletion(const store::Reader& reader, const RecordsPlace& place,
                                               const stored::v1::ZoneLocalRow& local);

}  // namespace quartet::replication
