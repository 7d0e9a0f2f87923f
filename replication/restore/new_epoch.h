// A new epoch: what is done to a copy of a controller's replica so that a controller can go on from it.
//
// The copy is of some moment in the past. Nodes, and users, may have seen entries behind it, under indices
// that will be used again. So the log begins anew in an epoch of its own, and nothing that stands for a place
// in the old log is taken for a place in the new one:
//
//   log               emptied; head = base = (epoch, 0); the term stays, and rises with the next leader
//   pending changes   moved to index 0: an acknowledgement of the new epoch that does not except their zone
//                     covers them, since the zone was settled by (revision, digest) before it
//   INSYNC changes    stay INSYNC
//   requests          stay: what is restored is not done twice, what is lost can be asked for again
//   history, objects  stay, node states too: a counted node is waited for as before
//   open stages       stay until the first entry of the next term, which aborts them all
//
// Used by `quartet-controller restore`, and by the simulation on stores in memory.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quartet/stored/v1/restore.pb.h"
#include "replication/base/position.h"
#include "replication/store/store.h"

namespace quartet::replication {

// MakeEpoch of that time, but always later than `old_epoch`: a clock may be behind.
uint64_t EpochAfter(uint64_t old_epoch, uint64_t unix_seconds, uint32_t random);

// Begins `epoch` in `replica`, which holds a log, in one synced write, and marks it as restored and
// unconfirmed. Of `restored` the caller sets what it knows of the backup (backup, controller, times, damaged
// zones); the rest is filled in. DATA_LOSS: the log contradicts itself; INVALID_ARGUMENT: `epoch` is not later
// than the log's.
absl::Status BeginEpoch(store::Store& replica, uint64_t epoch, stored::v1::RestoreRow restored);

}  // namespace quartet::replication
