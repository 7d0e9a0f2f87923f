// Who serves what: turns acknowledgements into INSYNC, and nodes into counted ones.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
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
  // The zone's nameservers, and those of them that are RETIRING.
  std::vector<std::string> targets;
  std::set<std::string> retiring = {};
};

// Whether this acknowledgement covers a change in `epoch`: see replication/feed/progress.h.
bool Covers(const replication::NodeProgress& progress, uint64_t epoch, const TrackedChange& change);

// Nameservers that a change of this zone has to be served by: those SERVING or RETIRING.
std::vector<std::string> TargetsOf(const stored::v1::ZoneRow& zone);
std::set<std::string> RetiringOf(const stored::v1::ZoneRow& zone);

// Proposes nothing by itself: says what is to be proposed, each once, until it hears how the proposal ended.
//
// Work per acknowledgement is what it moved: the changes of its nameserver between the old and the new index.
// Only a step back (a disk emptied, another roster) looks at all pending changes.
//
// Not thread-safe, no I/O.
class InsyncTracker {
 public:
  // `floor`: no change above it is INSYNC (the head, when it starts).
  InsyncTracker(uint64_t epoch, uint64_t floor) : epoch_(epoch), insync_index_(floor) {}

  // The roster as committed now.
  void SetRoster(Roster roster);
  // A committed change that is not INSYNC.
  void AddPending(TrackedChange change);
  // The zone's nameservers are these now: its pending changes have to be served by them. Returns which those are.
  std::vector<std::string> Retarget(const std::string& zone_id, const std::vector<std::string>& targets,
                                    const std::set<std::string>& retiring = {});
  // It is logged INSYNC.
  void SetInsync(const std::string& change_id);

  // What moved: of a node of this nameserver, from one acknowledged index to another.
  struct Move {
    std::string nameserver;
    uint64_t from = 0;
    uint64_t to = 0;
    // More than the index: connection, incarnation, exceptions.
    bool other = false;
  };
  // Acknowledgements that moved, or all there are.
  std::vector<Move> Update(const std::vector<replication::NodeProgress>& progress);

  struct Results {
    // Every counted node of every nameserver of its zone covers it, and each has one.
    std::vector<std::string> insync;
    // JOINING nodes that cover all that is INSYNC.
    std::vector<std::string> count;
    // DRAINING nodes that have closed their sockets.
    std::vector<std::string> drained;
    bool empty() const { return insync.empty() && count.empty() && drained.empty(); }
  };
  // What has become true and was not given yet; changes no more than so many at a time, as a node that comes back may make
  // a hundred thousand true at once, and whoever comes next waits for the entry that says so.
  static constexpr size_t kMostInsync = 256;
  Results Take();
  // The proposal of these has ended: what was logged has been told by SetInsync and SetRoster, the rest may
  // be given again.
  void Settled(const Results& results);

  // Whether every counted node of the nameserver, as of that roster, covers it, and it has one. A nameserver that is RETIRING
  // and has no node left but DRAINED ones serves nobody anything, old or new: it is not waited for.
  bool Serves(const std::string& nameserver, const TrackedChange& change, const Roster& roster) const;

  // For plans, at their place in the order. Whether the change is INSYNC under the roster in flight; if so,
  // MayCount takes it as INSYNC from now on.
  bool MayBeInsync(const TrackedChange& change, const Roster& in_flight);
  // Whether the node covers all that is INSYNC, in flight too: it has no exceptions, and is not behind.
  bool MayCount(const std::string& node) const;
  bool SocketsClosed(const std::string& node) const;

  const Roster& roster() const { return roster_; }
  // nullptr: never heard of.
  const replication::NodeProgress* progress(const std::string& node) const;
  // nullptr: not pending.
  const TrackedChange* pending(const std::string& change_id) const;
  size_t pending_changes() const { return pending_.size(); }
  uint64_t epoch() const { return epoch_; }

 private:
  struct Pending {
    TrackedChange change;
    // Targets that served it when last looked at.
    std::set<std::string> served_by;
    bool given = false;
  };
  // Pending changes of a nameserver that it does not serve.
  struct Waiting {
    // What all its counted nodes have acknowledged; 0 without a counted node.
    uint64_t acknowledged = 0;
    // Above that, by index.
    std::set<std::pair<uint64_t, std::string>> above;
    // At or below: some counted node has the zone as an exception.
    std::set<std::string> excepted;
  };

  void StopWaiting(const TrackedChange& change);
  uint64_t Acknowledged(const std::string& nameserver) const;
  void Advance(const std::string& nameserver, bool exceptions_moved);
  void LookAtAll();
  void Look(const std::string& nameserver, Pending& pending);
  void Consider(const std::string& node);

  const uint64_t epoch_;
  Roster roster_;
  std::map<std::string, replication::NodeProgress> progress_;
  std::map<std::string, Pending> pending_;
  // Zone id and change id of each of them.
  std::set<std::pair<std::string, std::string>> pending_by_zone_;
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
