// Applying: what an entry makes of a replica. Deterministic, and never refused for reasons of policy.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/base/position.h"
#include "replication/digest/digest.h"
#include "replication/replica/record_changes.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Removes and puts record sets of a zone's generation in `overlay` and returns the totals from `before` on,
// hashing the bytes that were there and those that are. Removing what is not there is no error.
absl::StatusOr<ZoneTotals> ApplyRecords(store::Overlay& overlay, absl::string_view zone_id,
                                        uint64_t generation, ZoneTotals before, const RecordKeys& removed,
                                        const RecordPuts& puts, Hasher& hasher);

// The zone that an entry makes a revision of: what its change and its request are remembered with. Null if
// there is none.
const stored::v1::ZoneRow* ZoneRowOf(const stored::v1::Entry& entry);

// The row that such an entry, sealed at `position`, leaves of its change, but for what only applying it tells
// (replaced_ttl).
stored::v1::ChangeRow ChangeRowOf(const stored::v1::EntryHeader& header, const stored::v1::ZoneRow& zone,
                                  const Position& position);

// Applies all effects of `entry`, which was sealed at `position`, to a controller's replica: rows, record
// sets, directory, assignments, objects, changes, requests (and drops requests over an hour older than the
// entry), history, stages. FAILED_PRECONDITION: a zone's revision is not prev_revision, or its stage not the
// entry's; DATA_LOSS: its digests came
// out otherwise than the entry says. Neither can be unless leader or disk erred; the overlay is then to be
// thrown away.
absl::Status ApplyEntry(store::Overlay& overlay, const stored::v1::Entry& entry, const Position& position,
                        Hasher& hasher);

// "digest/1" and so on: the key in force, from the replica's secrets. NOT_FOUND before the first one was
// logged.
struct DigestKeyInForce {
  uint32_t id;
  std::string key;
};
absl::StatusOr<DigestKeyInForce> ReadDigestKey(const store::Reader& reader);
// A key that was in force once. NOT_FOUND, DATA_LOSS: it is not there, or damaged.
absl::StatusOr<std::string> ReadDigestKeyOf(const store::Reader& reader, uint32_t id);

}  // namespace quartet::replication
