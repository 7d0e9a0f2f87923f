// What is put to the sequencer, and what comes of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "controller/roster/roster_cache.h"
#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/base/clock.h"
#include "replication/base/position.h"
#include "replication/digest/digest.h"
#include "replication/store/store.h"

namespace quartet::controller {

// What a plan may look at: the replica as it will be once all that is in flight is committed.
struct PlanContext {
  const store::Reader& view;
  // Time the entry will have.
  int64_t time_us;
  replication::Random& random;
  replication::Hasher& hasher;
  uint32_t digest_key_id;
  // Of `view`.
  RosterCache& roster_cache;

  // As `view` shows it; lives as long as the plan is made.
  absl::StatusOr<const Roster*> ReadRoster() const { return roster_cache.Read(view); }
};

// An entry to be. The sequencer adds place, time, term and caller. Without effects nothing is appended: what
// was asked for is so already.
struct Plan {
  // Effects; header.targets; header.change_id where it is a change.
  stored::v1::Entry entry;
};

// Validates and plans in one go, on the sequencer's thread, just before the entry gets its place. A refusal
// is returned to the caller and not remembered. Reads only; called once at most.
using PlanFn = std::function<absl::StatusOr<Plan>(const PlanContext& context)>;

struct Proposal {
  // Who asks; empty for the controller itself.
  std::string account;
  std::string principal;
  // With an id, the same proposal sent again within an hour gets the first one's outcome; another hash under
  // the same (account, principal, id) is refused ALREADY_EXISTS.
  std::string request_id;
  std::string request_hash;
  PlanFn plan;
  // About how much memory it holds, for the queue's bounds and for its share of turns.
  size_t bytes = 0;
  // The zone it is about, if it is about one that is there. Proposals of one zone are judged in the order they came,
  // and take turns with those of other zones; those of none take turns by principal.
  std::string zone_id;
  // What plans read was written by somebody else than the sequencer: from this proposal on it is read anew.
  bool read_anew = false;
  // So long it may wait for others to share their append with it. They don't wait for it.
  int64_t patience_us = 0;
};

// A committed proposal: synced, visible in the replica.
struct Outcome {
  // The entry's place; for a proposal without effects, the head it was judged at.
  replication::Position position;
  std::string change_id;
  std::string zone_id;
  // It was committed earlier, under the same request id.
  bool duplicate = false;
  // An entry was appended for it.
  bool appended = false;
  // With an appended change: what is stored of it, and the zone as it made it, so that a reply need not read them.
  struct Change {
    stored::v1::ChangeRow row;
    stored::v1::ZoneRow zone;
  };
  std::optional<Change> change = std::nullopt;
};

}  // namespace quartet::controller
