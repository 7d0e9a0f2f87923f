// From record sets on disk to a zone's pages.
#pragma once

#include <atomic>

#include "absl/status/statusor.h"
#include "nameserver/zone/tree.h"
#include "replication/digest/digest.h"
#include "replication/feed/subscriber.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

// Reads the record sets that a kLoad names. DATA_LOSS: they are damaged, or don't add up to the digest it
// states; CANCELLED: `stop` (if any) became true. Any thread.
absl::StatusOr<ZoneBuilder> ReadZone(const store::Reader& store, const replication::ZoneUpdate& load,
                                     replication::Hasher& hasher, const std::atomic<bool>* stop);

// Builds the zone of a kLoad from the puts of the batch that it names; whoever made it has checked them.
absl::StatusOr<ZoneBuilder> BuildFromPuts(const store::Batch& batch, const replication::ZoneUpdate& load);

}  // namespace quartet::nameserver
