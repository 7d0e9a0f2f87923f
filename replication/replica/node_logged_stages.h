// Logged stages on a node: what the chunks of imports that are under way come to, beside the live zones.
#pragma once

#include <cstdint>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "quartet/replication/v1/feed.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/node_stage.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Not thread-safe. Unlike the snapshots a node fetches these last: rows and record sets are written with the
// cursor, and a restart finds them. A zone has one at most, which need not be a zone yet. A stage that some
// chunk does not fit is dropped: its flip will find none, and the zone is fetched then. As NodeReplica,
// memory is ahead of the store until the overlay's batch is written.
class NodeLoggedStages {
 public:
  // Of a chunk: keys and values, unless it is one record set. A larger one does not fit.
  static constexpr size_t kMaxChunkBytes = 64 << 10;

  // DATA_LOSS: a row is damaged.
  static absl::StatusOr<NodeLoggedStages> Read(const store::Reader& reader);

  const stored::v1::StageRow* Find(absl::string_view zone_id) const;

  struct Chunk {
    absl::string_view zone_id;
    // With a chunk.
    const quartet::replication::v1::ZoneDelta& delta;
    uint64_t epoch;
    // One that was never used, for a chunk 0.
    uint64_t generation;
  };
  // A chunk 0 takes the place of the stage there is; any other has to be the next one of that.
  void Add(store::Overlay& out, const Chunk& chunk, Hashers& hashers);

  // The zone's stage, if it is all that `flip` says, in digest key `digest_key_id`. FAILED_PRECONDITION says
  // in what it is not.
  absl::StatusOr<const stored::v1::StageRow*> Verify(absl::string_view zone_id,
                                                     const quartet::replication::v1::StageFlip& flip,
                                                     uint32_t digest_key_id, uint64_t epoch) const;
  // The row goes; the record sets are the zone's now.
  void Flipped(store::Overlay& out, absl::string_view zone_id);

  // Row and record sets go, if the zone has a stage; the second form, if it is this one.
  void Drop(store::Overlay& out, absl::string_view zone_id);
  void Drop(store::Overlay& out, absl::string_view zone_id, uint64_t stage);
  void DropAll(store::Overlay& out);

 private:
  absl::btree_map<std::string, stored::v1::StageRow> rows_;
};

}  // namespace quartet::replication
