#include "controller/roster/insync_driver.h"

#include <algorithm>
#include <utility>

#include "controller/roster/insync_plan.h"
#include "controller/roster/roster_messages.h"
#include "replication/base/log.h"
#include "replication/replica/apply.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using replication::FullView;

// A change that nobody waits for is logged INSYNC with the next ones, if they come this soon: an append of its own,
// with a sync, would be in the next change's way.
constexpr int64_t kPatienceUs = 2000;

// The zone whose nameservers, or their states, an entry may have moved; nullptr if there is none. It has targets that its
// zone has no more, or another state than SERVING.
const stored::v1::ZoneRow* MovedZone(const stored::v1::Entry& entry) {
  const stored::v1::ZoneRow* row = replication::ZoneRowOf(entry);
  if (row == nullptr) return nullptr;
  const bool other_state =
      std::any_of(row->assignments().begin(), row->assignments().end(),
                  [](const auto& one) { return one.state() != stored::v1::ASSIGNMENT_STATE_SERVING; });
  return other_state || entry.header().targets_size() != row->assignments_size() ? row : nullptr;
}

// A new change, if the entry is one.
std::optional<TrackedChange> ChangeOf(const Sequencer::Committed& committed) {
  const std::string& id = committed.entry.header().change_id();
  const stored::v1::ZoneRow* row = replication::ZoneRowOf(committed.entry);
  if (id.empty() || row == nullptr) return std::nullopt;
  return TrackedChange{
      id, row->id(), committed.position.index, row->revision(), TargetsOf(*row), RetiringOf(*row)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<InsyncDriver>> InsyncDriver::Open(const store::Reader& replica,
                                                                 const replication::Position& head) {
  std::unique_ptr<InsyncDriver> driver(new InsyncDriver(replica, head));
  absl::StatusOr<Roster> roster = ReadRoster(replica);
  if (!roster.ok()) return roster.status();
  driver->tracker_.SetRoster(*std::move(roster));
  const FullView view(replica);
  absl::StatusOr<std::vector<FullView::PendingChange>> pending = view.PendingChanges();
  if (!pending.ok()) return pending.status();
  for (const FullView::PendingChange& one : *pending) {
    absl::StatusOr<std::optional<stored::v1::ChangeRow>> row = view.Change(one.change_id);
    if (!row.ok()) return row.status();
    if (!row->has_value()) return absl::DataLossError("a pending change has no row: " + one.change_id);
    absl::StatusOr<TrackedChange> change = ReadTracked(replica, **row);
    if (!change.ok()) return change.status();
    driver->tracker_.AddPending(*std::move(change));
  }
  return driver;
}

void InsyncDriver::Committed(const std::vector<Sequencer::Committed>& entries) {
  bool roster_moved = false;
  std::vector<std::string> insync;
  std::vector<std::pair<std::string, std::vector<std::string>>> retargeted;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const Sequencer::Committed& committed : entries) {
      roster_moved = roster_moved || ChangesRoster(committed.entry);
      if (const stored::v1::ZoneRow* row = MovedZone(committed.entry)) {
        const std::vector<std::string> targets = TargetsOf(*row);
        for (std::string& id : tracker_.Retarget(row->id(), targets, RetiringOf(*row))) {
          retargeted.emplace_back(id, targets);
        }
      }
      if (std::optional<TrackedChange> change = ChangeOf(committed)) tracker_.AddPending(*std::move(change));
      for (const stored::v1::Effect& effect : committed.entry.effects()) {
        for (const std::string& id : effect.insync().change_ids()) insync.push_back(id);
      }
    }
    for (const std::string& id : insync) tracker_.SetInsync(id);
    if (roster_moved) ReadRosterAgain();
    moved_ = moved_ || !entries.empty();
  }
  for (const auto& [change, targets] : retargeted) watches_.Retarget(change, targets);
  if (!insync.empty()) watches_.ChangesInsync(insync);
  if (roster_moved) watches_.RosterMoved();
  ProposeWhatIsTrue();
}

void InsyncDriver::ReadRosterAgain() {
  absl::StatusOr<Roster> roster = ReadRoster(replica_);
  if (roster.ok()) {
    tracker_.SetRoster(*std::move(roster));
  } else {
    // The plans read it themselves, and refuse; nothing becomes INSYNC by an old roster.
    LogError("the roster can't be read: {}", roster.status().ToString());
  }
}

void InsyncDriver::OnProgress(const std::vector<replication::NodeProgress>& progress) {
  std::vector<InsyncTracker::Move> moves;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    moves = tracker_.Update(progress);
    moved_ = moved_ || !moves.empty();
  }
  if (moves.empty()) return;
  watches_.NodesMoved(moves);
  ProposeWhatIsTrue();
}

void InsyncDriver::ProposeWhatIsTrue() {
  InsyncTracker::Results results;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (proposed_) return;
    results = tracker_.Take();
    if (results.empty()) return;
    proposed_ = true;
    moved_ = false;
  }
  Proposal proposal;
  if (results.count.empty() && results.drained.empty() && !watches_.AnyWatched(results.insync)) {
    proposal.patience_us = kPatienceUs;
  }
  proposal.plan = [this, results](const PlanContext& context) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return PlanResults(context, tracker_, results);
  };
  propose_(std::move(proposal),
           [this, results](const absl::StatusOr<Outcome>& outcome) { Ended(results, outcome); });
}

void InsyncDriver::Ended(const InsyncTracker::Results& results, const absl::StatusOr<Outcome>& outcome) {
  bool moved = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    tracker_.Settled(results);
    proposed_ = false;
    moved = moved_;
  }
  // Where nothing was logged and nothing moved, asking again at once would give the same: the next acknowledgement
  // or commit asks.
  if (moved || (outcome.ok() && outcome->appended)) ProposeWhatIsTrue();
}

admin::v1::Change InsyncDriver::Describe(const stored::v1::ChangeRow& row,
                                         const TrackedChange& change) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return ChangeMessage(row, change, tracker_);
}

admin::v1::Node InsyncDriver::Describe(const stored::v1::NodeRow& row, uint64_t head) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return NodeMessage(row, tracker_, head);
}

std::vector<std::pair<std::string, uint64_t>> InsyncDriver::Connected(
    const std::vector<std::string>& nameservers) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::pair<std::string, uint64_t>> places;
  for (const std::string& nameserver : nameservers) {
    const auto nodes = tracker_.roster().by_nameserver.find(nameserver);
    if (nodes == tracker_.roster().by_nameserver.end()) continue;
    for (const std::string& node : nodes->second) {
      const replication::NodeProgress* progress = tracker_.progress(node);
      if (progress == nullptr || !progress->connected || !progress->acknowledged) continue;
      if (progress->epoch == tracker_.epoch()) places.emplace_back(node, progress->acknowledged_index);
    }
  }
  return places;
}

absl::StatusOr<bool> InsyncDriver::Serves(const store::Reader& view, const std::string& nameserver,
                                          const TrackedChange& change) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const absl::StatusOr<Roster> roster = ReadCounted(view, tracker_.roster(), {nameserver});
  if (!roster.ok()) return roster.status();
  return tracker_.Serves(nameserver, change, *roster);
}

bool InsyncDriver::IsConnected(const std::string& node) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const replication::NodeProgress* progress = tracker_.progress(node);
  return progress != nullptr && progress->connected;
}

size_t InsyncDriver::nodes_connected() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  size_t count = 0;
  for (const auto& [id, node] : tracker_.roster().nodes) {
    const replication::NodeProgress* progress = tracker_.progress(id);
    if (progress != nullptr && progress->connected) ++count;
  }
  return count;
}

size_t InsyncDriver::pending_changes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return tracker_.pending_changes();
}

}  // namespace quartet::controller
