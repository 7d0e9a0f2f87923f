// Drives the tracker: from acknowledgements and commits to proposals and watches.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/roster/insync_tracker.h"
#include "controller/roster/watches.h"
#include "controller/sequencer/proposal.h"
#include "controller/sequencer/sequencer.h"
#include "controller/watch.h"
#include "quartet/admin/v1/change.pb.h"
#include "quartet/admin/v1/node.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/base/position.h"
#include "replication/feed/progress.h"
#include "replication/store/store.h"

namespace quartet::controller {

// One proposal is on its way at a time; all that becomes true meanwhile is the next one. Thread-safe.
class InsyncDriver {
 public:
  // SequencerThread::ProposeAsync.
  using ProposeFn = std::function<void(Proposal, Sequencer::Done)>;

  // Reads roster and pending changes. `replica` must outlive it.
  static absl::StatusOr<std::unique_ptr<InsyncDriver>> Open(const store::Reader& replica,
                                                            const replication::Position& head);

  // Before the first call of the next two.
  void set_propose(ProposeFn propose) { propose_ = std::move(propose); }
  // After each commit, in order, and with none when the log can be written again. The replica shows them.
  void Committed(const std::vector<Sequencer::Committed>& entries);
  void OnProgress(const std::vector<replication::NodeProgress>& progress);

  admin::v1::Change Describe(const stored::v1::ChangeRow& row, const TrackedChange& change) const;
  admin::v1::Node Describe(const stored::v1::NodeRow& row, uint64_t head) const;
  // The nodes of these nameservers that are connected and have acknowledged something in this epoch, with the index of
  // what they have.
  std::vector<std::pair<std::string, uint64_t>> Connected(const std::vector<std::string>& nameservers) const;
  bool IsConnected(const std::string& node) const;
  // Whether every counted node of the nameserver covers the change, and it has one: under the roster that `view` shows, which
  // is that of the log's head and what is in flight. For plans too.
  absl::StatusOr<bool> Serves(const store::Reader& view, const std::string& nameserver,
                              const TrackedChange& change) const;
  size_t nodes_connected() const;
  size_t pending_changes() const;
  Watches& watches() { return watches_; }

 private:
  InsyncDriver(const store::Reader& replica, const replication::Position& head)
      : replica_(replica), tracker_(head.epoch, head.index) {}

  void ReadRosterAgain();
  void ProposeWhatIsTrue();
  void Ended(const InsyncTracker::Results& results, const absl::StatusOr<Outcome>& outcome);

  const store::Reader& replica_;
  ProposeFn propose_;
  Watches watches_;
  mutable std::mutex mutex_;
  InsyncTracker tracker_;
  bool proposed_ = false;
  // Something moved since the last one was made: what that found not to be true may be true by now.
  bool moved_ = false;
};

}  // namespace quartet::controller
