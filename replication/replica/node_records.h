// What an entry does to the record sets of a zone on a node.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/digest/digest.h"
#include "replication/store/store.h"

namespace quartet::replication {

// What a zone's served parts add up to.
struct ServedTotals {
  Digest digest;
  uint64_t record_sets = 0;
};

// Removes and puts the record sets of `delta` under `generation` in `out` and returns the totals from
// `before` on. It hashes the bytes that were there and those it puts. DATA_LOSS: what is stored contradicts
// `before`; else what the store says. `out` is then to be thrown away.
absl::StatusOr<ServedTotals> ApplyServed(store::Overlay& out, absl::string_view zone_id, uint64_t generation,
                                         const ServedTotals& before,
                                         const quartet::replication::v1::ZoneDelta& delta, Hasher& hasher);

}  // namespace quartet::replication
