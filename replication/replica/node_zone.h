// A zone as a node's replica has it, in memory and in the store.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/digest/digest.h"
#include "replication/store/store.h"

namespace quartet::replication {

struct NodeZone {
  // Describes the record sets that are stored under `generation`; revision 0 where there are none.
  stored::v1::NodeZoneRow row;
  // The row's name. The root while `named` is false: an entry that could not be read made it known by its id
  // only.
  dns::Name apex;
  bool named = false;
  // 0: nothing to serve.
  uint64_t generation = 0;
  // The epoch that its revision was settled in: revisions are compared within one.
  uint64_t epoch = 0;
  // Not empty: BEHIND, and why.
  std::string behind;
  // BEHIND, and what is stored is known to differ from the controllers' zone of this revision.
  bool differs = false;
  // BEHIND, and what is stored is known not to be what the row says; the pages in memory are right, as they were
  // verified when they were loaded.
  bool damaged = false;
  // A repair of it stopped at a limit, or was allowed to go on after that.
  stored::v1::RepairState repair = stored::v1::REPAIR_STATE_UNSPECIFIED;
  // Its stored record sets can't be served (in memory only; after a restart they are tried again).
  bool unloadable = false;
  // Nothing of it is stored yet: it is known by an inventory of the first fill only (in memory only).
  bool listed_only = false;

  // What it answers from; 0: SERVFAIL.
  uint64_t served_revision() const { return generation == 0 || unloadable ? 0 : row.revision(); }
  // The revision of `in_epoch` that an acknowledgement may name; 0: none.
  uint64_t vouched_revision(uint64_t in_epoch) const {
    return differs || epoch != in_epoch ? 0 : served_revision();
  }
  bool is_behind() const { return !behind.empty(); }
};

// Takes `row` and the name in it. INVALID_ARGUMENT: its id is not `zone_id`, or its name is none.
absl::Status SetRow(NodeZone& zone, absl::string_view zone_id, const stored::v1::NodeZoneRow& row);

// Writes the rows and the directory's keys; `before` is what is stored now, or null.
void PutNodeZone(store::Overlay& out, const NodeZone& zone, const NodeZone* before);
// Removes rows, directory's keys and record sets.
void EraseNodeZone(store::Overlay& out, const NodeZone& zone);
// Removes the record sets of one generation.
void EraseGeneration(store::Overlay& out, absl::string_view zone_id, uint64_t generation);

}  // namespace quartet::replication
