// A node's replica: the zones of one nameserver as of a cursor, except those marked BEHIND.
//
// It decides what is written and keeps the table of zones in memory; the writes go into an overlay that the
// caller makes durable in one batch. Memory is ahead of the store from the call until that batch is written.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/clock.h"
#include "replication/base/position.h"
#include "replication/replica/node_inventory.h"
#include "replication/replica/node_logged_stages.h"
#include "replication/replica/node_meta.h"
#include "replication/replica/node_records.h"
#include "replication/replica/node_stage.h"
#include "replication/replica/node_zone.h"
#include "replication/replica/node_zones.h"
#include "replication/replica/repair_limits.h"
#include "replication/replica/served_record.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Not thread-safe. docs/formats/node_replica.md has the keys and bytes.
class NodeReplica {
 public:
  // Reads what is stored, or makes an empty replica with a new incarnation. Errors: see
  // ReadNodeMeta, ReadNodeZones.
  static absl::StatusOr<NodeReplica> Open(const store::Reader& reader, Random& random);
  // What Open found to be done (a new incarnation to store, stages a restart left behind): part of the first
  // write.
  void FinishOpening(store::Overlay& out);

  const NodeMeta& meta() const { return meta_; }
  const NodeZones& zones() const { return zones_; }
  std::optional<NodeZone> Find(absl::string_view zone_id) const { return zones_.Find(zone_id); }
  // Logged stages that are open.
  const NodeLoggedStages& logged_stages() const { return logged_stages_; }
  // Ids of the zones that are BEHIND.
  const std::set<std::string>& behind() const { return behind_; }
  // Grows when a zone comes to be BEHIND, ceases to, or is so otherwise.
  uint64_t behind_version() const { return behind_version_; }

  void LearnDigestKey(store::Overlay& out, uint32_t id, absl::string_view key);
  void SeeEpoch(store::Overlay& out, uint64_t epoch);
  void MoveCursor(const Position& position) { meta_.cursor = position; }
  // What goes into every write: the cursor, if the replica is complete, and the next generation, where they moved since the
  // last call.
  void WriteMoved(store::Overlay& out);
  void SetComplete(store::Overlay& out);
  void SetDrained(store::Overlay& out);

  enum class Applied {
    kLoaded,   // the zone is new
    kChanged,  // its record sets changed as the delta says
    kFlipped,  // its stage took its place (or made it)
    kRemoved,  // it is gone
    kBehind,   // it is BEHIND from now on
    kKept,     // it was BEHIND before: nothing was done with the delta
    kNothing,  // it was not there and is not to be; or only its logged stage changed
  };
  // Applies a delta if and only if its prev_revision is the zone's revision and the digest comes out as its
  // row says; otherwise the zone becomes BEHIND. Chunks and aborts are applied to the logged stage whatever
  // the zone is like; a flip that can't be applied now ends its stage, and finds none if it is tried again.
  Applied Apply(store::Overlay& out, absl::string_view zone_id,
                const quartet::replication::v1::ZoneDelta& delta);

  // A zone not known yet is put in with nothing to serve, under the name of `row` where there is one.
  enum class Copy { kOlder, kDiffers };
  void MarkBehind(store::Overlay& out, absl::string_view zone_id, const stored::v1::NodeZoneRow* row,
                  absl::string_view reason, Copy copy = Copy::kOlder);
  // What is stored of it can't be served. No-op for a zone that is not here.
  void MarkUnloadable(const std::string& zone_id, absl::string_view reason);
  // What is stored of it under `generation` is not what its row says; what is served was verified when it was
  // loaded and goes on being served. No-op for a zone that is not here, or under another generation by now.
  // Returns whether it is BEHIND by this.
  bool MarkDamaged(const std::string& zone_id, uint64_t generation, absl::string_view reason);
  // Writes the marks MarkUnloadable and MarkDamaged made in memory since the last call.
  void WriteUnloadable(store::Overlay& out);
  // What it holds is right after all. Precondition: the zone is here.
  void ClearBehind(store::Overlay& out, absl::string_view zone_id);
  void Remove(store::Overlay& out, absl::string_view zone_id);

  // An entry of the zone could not be read: what it did to the logged stage is not known.
  void DropLoggedStage(store::Overlay& out, absl::string_view zone_id) { logged_stages_.Drop(out, zone_id); }

  // The inventory's row of a zone differs from what is here: it is BEHIND. A replica that is not complete yet writes
  // nothing for a zone it does not know: it asks for an inventory after every restart. So it may be told of each part
  // as it comes, and no write holds all of a large inventory.
  void MarkDiffering(store::Overlay& out, const stored::v1::NodeZoneRow& row);
  // The rest of the inventory: removes what is gone, drops all logged stages (their chunks may have been
  // passed over), and moves the cursor to `as_of`.
  void Settle(store::Overlay& out, const NodeInventory::Difference& difference, const Position& as_of);

  NodeStage BeginStage(store::Overlay& out, const std::string& zone_id);
  absl::Status AddToStage(store::Overlay& out, NodeStage& stage,
                          const quartet::replication::v1::SnapshotPart& part) {
    return stage.Add(out, part, hashers_);
  }
  void DropStage(store::Overlay& out, const NodeStage& stage);
  // Puts the stage in the live zone's place; the zone is not BEHIND any more. DATA_LOSS: the stage is not
  // what `row` says; FAILED_PRECONDITION: it may not replace what is here (it is older); RESOURCE_EXHAUSTED: it
  // is a repair beyond a limit, and nobody allowed it (StopRepair). Nothing was changed then, and the stage is
  // still there. `now_us`: wall clock. Precondition: the zone is here.
  absl::Status Flip(store::Overlay& out, const NodeStage& stage, const stored::v1::NodeZoneRow& row,
                    const Position& as_of, int64_t now_us);

  // Puts all record sets of a zone under a generation of its own and in the live zone's place, without a stage: as Flip,
  // where that would do it and it is no repair. False: nothing was done. The first operations added to `out` are the
  // puts of `records`, in order. Precondition: the zone is here.
  bool TakeWhole(store::Overlay& out, const std::string& zone_id,
                 const std::vector<ServedRecordView>& records, const stored::v1::NodeZoneRow& row,
                 const Position& as_of);

  // Flip refused a repair of it: it is BEHIND for that reason until the repair is allowed, or not needed any
  // more. Returns whether it was not stopped before.
  bool StopRepair(store::Overlay& out, const std::string& zone_id, absl::string_view reason);
  // Repairs of it (of all zones if empty) that are stopped may go on. Returns those zones.
  std::vector<std::string> AllowRepair(store::Overlay& out, const std::string& zone_id);
  // Zones whose repairs are stopped.
  std::vector<NodeZone> StoppedRepairs() const;
  // When the limit of repairs in an hour lets another one go; `now_us` if it does now.
  int64_t NextRepairUs(int64_t now_us);

 private:
  NodeReplica(NodeMeta meta, NodeZones zones, NodeLoggedStages logged_stages, RepairLimits limits);
  uint64_t NewGeneration() { return meta_.next_generation++; }
  void NoteBehind(const std::string& zone_id, bool behind);
  // RESOURCE_EXHAUSTED: it is beyond a limit. Else it is counted.
  absl::Status LimitRepair(store::Overlay& out, const NodeZone& zone, const NodeStage& stage,
                           const stored::v1::NodeZoneRow& row, int64_t now_us);
  // It is BEHIND and not stored.
  void List(const stored::v1::NodeZoneRow& row);
  // Stores `zone` in place of what there is under its id.
  void Replace(store::Overlay& out, NodeZone zone);
  absl::StatusOr<NodeZone> ApplyRecords(store::Overlay& out, absl::string_view zone_id,
                                        const NodeZone* before,
                                        const quartet::replication::v1::ZoneDelta& delta);
  // Applies the delta's record sets to the zone, which is as `before` now, or has a generation that nothing is stored under
  // yet. Not OK: it would not be what its row says, and nothing is written.
  absl::Status ApplyAndCheck(store::Overlay& out, const NodeZone& zone, bool fresh,
                             const ServedTotals& before, const quartet::replication::v1::ZoneDelta& delta);
  Applied ApplyToStage(store::Overlay& out, absl::string_view zone_id,
                       const quartet::replication::v1::ZoneDelta& delta);
  // Precondition: the zone is not BEHIND, and the delta has a row.
  Applied ApplyToZone(store::Overlay& out, absl::string_view zone_id, const NodeZone* zone,
                      const quartet::replication::v1::ZoneDelta& delta);
  absl::StatusOr<NodeZone> FlipStage(store::Overlay& out, absl::string_view zone_id,
                                     const quartet::replication::v1::ZoneDelta& delta);
  bool opened_empty_ = false;
  // What WriteMoved wrote last, or was read.
  std::optional<Position> written_cursor_;
  uint64_t written_generation_;

  NodeMeta meta_;
  NodeZones zones_;
  NodeLoggedStages logged_stages_;
  // Invariant: the ids of those zones_ that are BEHIND.
  std::set<std::string> behind_;
  std::set<std::string> unwritten_;
  uint64_t behind_version_ = 0;
  RepairLimits limits_;
  Hashers hashers_;
};

}  // namespace quartet::replication
