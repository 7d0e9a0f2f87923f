// Who serves what: turns acknowledgements into INSYNC, and nodes into counted ones.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "controller/roster/roster.h"
#include "replication/feed/progress.h"

namespace quartet::controller {

// A change and where it has to be served.
struct TrackedChange {
  std::string id;
  std::string zone_id;
  uint64_t index = 0;
  uint64_t revision = 0;
  // The zone's nameservers.
  std::vector<std::string> targets;
};

// Whether this acknowledgement covers a change in `epoch`: see replication/feed/progress.h.
bool Covers(const replication::NodeProgress& progress, uint64_t epoch, const TrackedChange& change);

// Proposes nothing by itself: says what is to be proposed. A result is given once; it is logged, or given
// back by Retry.
//
// Work per acknowledgement is what it moved: the changes of its nameserver between the old and the new index.
// Only a step back (a disk emptied, another roster) looks at all pending changes of a nameserver.
//
// Not thread-safe, no I/O.
class InsyncTracker {
 public:
  // `floor`: highest index below which any change may be INSYNC already (the head, when it starts).
  InsyncTracker(uint64_t epoch, uint64_t floor) : epoch_(epoch), insync_index_(floor) {}

  // The roster as committed now.
  void SetRoster(Roster roster);
  // A committed change that is not INSYNC.
  void AddPending(TrackedChange change);
  // It is logged INSYNC.
  void SetInsync(absl::string_view change_id);
  // Acknowledgements that moved, or all.
  void Update(const std::vector<replication::NodeProgress>& progress);

  struct Results {
    // Every counted node of every nameserver of its zone covers it, and each has one.
    std::vector<std::string> insync;
    // JOINING nodes that cover all that is INSYNC.
    std::vector<std::string> count;
    // DRAINING nodes that have closed their sockets.
    std::vector<std::string> drained;
    bool empty() const { return insync.empty() && count.empty() && drained.empty(); }
  };
  // What has become true since the last call.
  Results Take();
  // They could not be logged: Take may give them again.
  void Retry(const Results& results);

  // For the plan, at its place in the order: whether it still holds under the roster in flight. Those that do
  // count as INSYNC from now on for MayCount.
  bool MayBeInsync(const TrackedChange& change, const Roster& in_flight);
  // Whether this node covers all that is INSYNC, in flight too.
  bool MayCount(const std::string& node) const;
  bool SocketsClosed(const std::string& node) const;

  const Roster& roster() const { return roster_; }
  // nullptr: never heard of.
  const replication::NodeProgress* progress(const std::string& node) const;
  uint64_t epoch() const { return epoch_; }
  size_t pending() const { return pending_.size(); }

 private:
  struct Pending {
    TrackedChange change;
    // Targets whose counted nodes all covered it when last looked at.
    std::set<std::string> served_by;
    bool given = false;
  };
  // Per nameserver.
  struct Waiting {
    // Highest index that all counted nodes have acknowledged; 0 without a counted node.
    uint64_t acknowledged = 0;
    // Its pending changes above that, by index.
    std::multimap<uint64_t, std::string> above;
    // Its pending changes at or below that some counted node has as an exception.
    std::set<std::string> excepted;
  };

  bool Serves(const std::string& nameserver, const TrackedChange& change, const Roster& roster) const;
  uint64_t Acknowledged(const std::string& nameserver) const;
  void Advance(const std::string& nameserver);
  void Recheck(const std::string& nameserver);
  void Look(const std::string& nameserver, const std::string& change_id);
  void Forget(const std::string& nameserver, const Pending& pending);
  void Consider(const std::string& node);

  const uint64_t epoch_;
  Roster roster_;
  std::unordered_map<std::string, replication::NodeProgress> progress_;
  std::unordered_map<std::string, Pending> pending_;
  std::map<std::string, Waiting> waiting_;
  // Highest index of a change that is, or is about to be, INSYNC.
  uint64_t insync_index_;
  // Found, not given yet.
  std::set<std::string> ready_;
  std::set<std::string> to_count_;
  std::set<std::string> to_drain_;
  // Given, not settled yet.
  std::set<std::string> given_nodes_;
};

}  // namespace quartet::controller
