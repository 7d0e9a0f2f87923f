// What logged stages make of a controller's replica (DESIGN.md "Generations"): chunks put beside the live
// zone, the flip that makes them the zone, the abort that removes them.
//
// None of them looks at more record sets than its own entry holds: a flip of a million costs what a flip of
// one does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/base/position.h"
#include "replication/digest/digest.h"
#include "replication/replica/record_changes.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Keys and values of a chunk come to at most this, but for a chunk of one record set, which may be larger.
inline constexpr size_t kMaxChunkBytes = 64 << 10;
bool FitsChunk(const stored::v1::StageEffect& effect);

// All of these: FAILED_PRECONDITION where the entry does not follow from what is here (another stage, chunk
// or revision), DATA_LOSS where the bytes are not what the entry says. The overlay is to be thrown away then.

// A chunk 0 opens the zone's stage under a generation never used, in the digest key in force. The zone need
// not be there yet.
absl::Status ApplyStage(store::Overlay& overlay, const stored::v1::EntryHeader& header,
                        const stored::v1::StageEffect& effect, const Position& position, Hasher& hasher);

// prev_revision 0 makes the zone. The generation that was live stays, and the history row names it. Sets `replaced_ttl`:
// see replaced_ttl.h.
absl::Status ApplyFlip(store::Overlay& overlay, const stored::v1::EntryHeader& header,
                       const stored::v1::FlipEffect& effect, const Position& position, Hasher& hasher,
                       uint32_t& replaced_ttl);

absl::Status ApplyAbort(store::Overlay& overlay, const stored::v1::AbortEffect& effect);

// What a zone will add up to that is `stage` with these changes applied: what a flip's row has to say.
absl::StatusOr<ZoneTotals> TotalsOfFlip(const store::Reader& reader, const stored::v1::StageRow& stage,
                                        const RecordKeys& removed, const RecordPuts& puts, Hasher& hasher);

// Adds to `entry` what aborts `stage`, and the nameservers that have it to the entry's targets.
void AddAbort(stored::v1::Entry& entry, const stored::v1::StageRow& stage, const std::string& reason);

}  // namespace quartet::replication
