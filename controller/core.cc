#include "controller/core.h"

#include <google/protobuf/util/time_util.h>

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/core_impl.h"
#include "controller/proposals.h"
#include "controller/roster/insync_plan.h"
#include "controller/roster/roster.h"
#include "controller/sequencer/ids.h"
#include "replication/log/embedded_log.h"
#include "replication/replica/full_view.h"
#include "replication/restore/restore_row.h"

namespace quartet::controller {

using google::protobuf::util::TimeUtil;
using replication::FullView;

absl::Status Core::Start(replication::Random& random) {
  absl::StatusOr<std::unique_ptr<Sequencer>> sequencer =
      Sequencer::Open(*log_, *store_, clock_, random, {.controller = options_.name});
  if (!sequencer.ok()) return sequencer.status();
  if (absl::Status status = usage_.Load(*store_); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<Quarantine>> quarantine = Quarantine::Open(*store_, clock_);
  if (!quarantine.ok()) return quarantine.status();
  quarantine_ = *std::move(quarantine);
  quarantine_->set_before_lift([this] { return ReadAnew(); });
  absl::StatusOr<std::unique_ptr<InsyncDriver>> driver = InsyncDriver::Open(*store_, (*sequencer)->head());
  if (!driver.ok()) return driver.status();
  driver_ = *std::move(driver);
  absl::StatusOr<std::unique_ptr<LogTrimmer>> trimmer =
      LogTrimmer::Open(*log_, *store_, clock_, {.log_bytes = options_.log_bytes});
  if (!trimmer.ok()) return trimmer.status();
  trimmer_ = *std::move(trimmer);
  // What opening committed is in the replica, and was read just now.
  (*sequencer)->Flush();
  driver_->set_propose([this](Proposal proposal, Sequencer::Done done) {
    thread_->ProposeAsync(std::move(proposal), std::move(done));
  });
  SequencerThread::Options thread_options;
  thread_options.after_group = [this](Sequencer& leader) { trimmer_->Step(leader); };
  const std::lock_guard<std::mutex> lock(starting_);
  thread_ = std::make_unique<SequencerThread>(
      *std::move(sequencer), [this](const std::vector<Sequencer::Committed>& entries) { Committed(entries); },
      thread_options);
  return absl::OkStatus();
}

void Core::set_on_committed(CommittedFn committed) {
  const std::lock_guard<std::mutex> lock(committed_mutex_);
  committed_ = std::move(committed);
  committed_(thread_->state().head, true);
}

void Core::OnProgress(const std::vector<replication::NodeProgress>& progress) {
  trimmer_->OnProgress(progress);
  driver_->OnProgress(progress);
}

void Core::Stop() {
  if (reports_ != nullptr) reports_->Stop();
  if (thread_ != nullptr) thread_->Stop();
  if (inspector_ != nullptr) inspector_->Stop();
}

void Core::Committed(const std::vector<Sequencer::Committed>& entries) {
  bool roster_changed = false;
  trimmer_->Committed(entries);
  for (const Sequencer::Committed& committed : entries) {
    usage_.Committed(committed.entry);
    if (quarantine_->size() > 0) LookAgain(committed.entry);
    roster_changed = roster_changed || ChangesRoster(committed.entry);
  }
  if (!entries.empty()) {
    const std::lock_guard<std::mutex> lock(committed_mutex_);
    if (committed_) committed_(entries.back().position, roster_changed);
  }
  // The thread may be younger than the pointer to it.
  { const std::lock_guard<std::mutex> lock(starting_); }
  driver_->Committed(entries);
  if (!entries.empty()) commit_watches_.Committed(entries);
}

absl::Status Core::CheckSound(const std::string& zone_id, const dns::Name& apex) const {
  return quarantine_->Check(zone_id, apex.ToString());
}

std::unique_ptr<Watch> Core::WatchCommits(CommitWatches::Fn committed) {
  return commit_watches_.Add(std::move(committed));
}

absl::StatusOr<Outcome> Core::Propose(absl::StatusOr<Proposal> proposal) {
  if (!proposal.ok()) return proposal.status();
  return thread_->Propose(*std::move(proposal));
}

absl::StatusOr<admin::v1::Change> Core::ProposeChange(const std::string& zone_id,
                                                      absl::StatusOr<Proposal> proposal) {
  if (proposal.ok()) proposal->zone_id = zone_id;
  absl::StatusOr<Outcome> outcome = Propose(std::move(proposal));
  if (!outcome.ok()) return outcome.status();
  return ChangeOf(*outcome);
}

absl::StatusOr<admin::v1::Change> Core::ChangeOf(const Outcome& outcome) const {
  if (!outcome.change.has_value()) return ChangeById(outcome.change_id);
  return driver_->Describe(outcome.change->row, Tracked(outcome.change->row, outcome.change->zone));
}

absl::StatusOr<stored::v1::ChangeRow> Core::ChangeRow(const store::Reader& reader,
                                                      const std::string& id) const {
  if (!IsChangeId(id)) return absl::NotFoundError(absl::StrCat("there is no change ", id.substr(0, 64)));
  absl::StatusOr<std::optional<stored::v1::ChangeRow>> row = FullView(reader).Change(id);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::NotFoundError(absl::StrCat("there is no change ", id));
  return **std::move(row);
}

absl::StatusOr<admin::v1::Change> Core::ChangeById(const std::string& id) const {
  const std::unique_ptr<store::Reader> reader = store_->Snapshot();
  absl::StatusOr<stored::v1::ChangeRow> row = ChangeRow(*reader, id);
  if (!row.ok()) return row.status();
  absl::StatusOr<TrackedChange> change = ReadTracked(*reader, *row);
  if (!change.ok()) return change.status();
  return driver_->Describe(*row, *change);
}

absl::StatusOr<admin::v1::Change> Core::GetChange(const admin::v1::GetChangeRequest& request) {
  absl::StatusOr<std::string> id = IdIn("changes/", request.name());
  if (!id.ok()) return id.status();
  return ChangeById(*id);
}

absl::StatusOr<std::unique_ptr<Watch>> Core::WatchChange(const std::string& name,
                                                         std::function<void()> moved) {
  absl::StatusOr<std::string> id = IdIn("changes/", name);
  if (!id.ok()) return id.status();
  const std::unique_ptr<store::Reader> reader = store_->Snapshot();
  absl::StatusOr<stored::v1::ChangeRow> row = ChangeRow(*reader, *id);
  if (!row.ok()) return row.status();
  absl::StatusOr<TrackedChange> change = ReadTracked(*reader, *row);
  if (!change.ok()) return change.status();
  return driver_->watches().AddChange(*change, std::move(moved));
}

absl::Status Core::ConfirmRestore(const Caller& caller) {
  return replication::ConfirmRestore(*store_, caller.principal, clock_.WallMicros());
}

admin::v1::Status Core::GetStatus() {
  const SequencerThread::State state = thread_->state();
  admin::v1::Status status;
  status.set_version(options_.version);
  status.set_controller(options_.name);
  *status.mutable_start_time() = TimeUtil::MicrosecondsToTimestamp(start_us_);
  status.set_epoch(state.head.epoch);
  status.set_term(state.term);
  status.set_index(state.head.index);
  status.set_read_only_reason(state.read_only_reason);
  status.set_zones(usage_.zones());
  status.set_nodes_connected(driver_->nodes_connected());
  status.set_pending_changes(driver_->pending_changes());
  const std::unique_ptr<store::Reader> reader = store_->Snapshot();
  AddInspection(*reader, status);
  if (absl::StatusOr<Roster> roster = ReadRoster(*reader); roster.ok()) {
    status.set_nameservers(roster->nameservers.size());
    status.set_nodes(roster->nodes.size());
    AddNodeAlarms(*roster, status);
  }
  return status;
}

absl::StatusOr<std::unique_ptr<Controller>> Controller::Open(std::unique_ptr<store::Store> store,
                                                             replication::Clock& clock,
                                                             replication::Random& random,
                                                             const Options& options) {
  const uint64_t seconds = static_cast<uint64_t>(clock.WallMicros()) / 1'000'000;
  absl::StatusOr<std::unique_ptr<replication::Log>> log =
      replication::OpenEmbeddedLog(*store, replication::MakeEpoch(seconds, random.Next() & 0xffffff));
  if (!log.ok()) return log.status();
  auto core = std::make_unique<Core>(std::move(store), *std::move(log), options, clock);
  if (absl::Status status = core->Start(random); !status.ok()) return status;
  return core;
}

}  // namespace quartet::controller
