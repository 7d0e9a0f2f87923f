#include "tests/simulation/sim_controller.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "replication/entry/entry.h"
#include "replication/log/embedded_log.h"
#include "replication/restore/new_epoch.h"
#include "replication/restore/restore_row.h"
#include "tests/simulation/mutant_store.h"

namespace quartet::simulation {

using controller::Sequencer;

namespace {

constexpr uint64_t kFirstEpoch = 1000;

}  // namespace

SimController::SimController(World& world, Outside outside)
    : world_(world),
      dice_(world.seed, "controller"),
      outside_(std::move(outside)),
      disk_(SimDisk::Of::kController, world.mutation),
      seen_by_sequencer_(disk_, SeenBySequencer(world.mutation)),
      seen_by_publisher_(disk_, SeenByPublisher(world.mutation)),
      seen_by_driver_(disk_, SeenByDriver(world.mutation)) {}

void SimController::Later(int64_t delay_us, std::function<void()> event) {
  world_.clock.After(delay_us, [this, life = life_, event = std::move(event)] {
    if (life == life_) event();
  });
}

bool SimController::OpenMachines() {
  absl::StatusOr<std::unique_ptr<replication::Log>> log = replication::OpenEmbeddedLog(disk_, kFirstEpoch);
  if (!log.ok()) {
    world_.Check(absl::StrCat("the controller can't open its log: ", log.status().ToString()));
    return false;
  }
  log_ = *std::move(log);
  if (world_.Is(Mutation::kDeposedAppendAccepted))
    log_ = MakeUnfencedLog(std::move(log_), disk_, Unfenced::kAppend);
  if (world_.Is(Mutation::kDeposedTrimAccepted))
    log_ = MakeUnfencedLog(std::move(log_), disk_, Unfenced::kTrim);
  store::Store& seen = world_.Is(Mutation::kStagesKeptByNewTerm)
                           ? static_cast<store::Store&>(seen_by_sequencer_)
                           : static_cast<store::Store&>(disk_);
  Sequencer::Options options{.controller = "c1", .group_entries = 16};
  // What this loses on the disk would be remembered.
  if (world_.Is(Mutation::kRequestForgotten)) options.cache_bytes = 0;
  absl::StatusOr<std::unique_ptr<Sequencer>> sequencer =
      Sequencer::Open(*log_, seen, world_.clock, dice_, options);
  if (!sequencer.ok()) {
    world_.Check(absl::StrCat("the controller can't open its replica: ", sequencer.status().ToString()));
    return false;
  }
  sequencer_ = *std::move(sequencer);
  sequencer_->Flush();
  return true;
}

void SimController::Start() {
  if (running() || !OpenMachines()) return;
  usage_ = std::make_unique<controller::Usage>();
  QUARTET_CHECK(usage_->Load(disk_).ok());
  const store::Reader& seen = world_.Is(Mutation::kDrainedNodeCounted)
                                  ? static_cast<const store::Reader&>(seen_by_driver_)
                                  : static_cast<const store::Reader&>(disk_);
  absl::StatusOr<std::unique_ptr<controller::InsyncDriver>> driver =
      controller::InsyncDriver::Open(seen, sequencer_->head());
  QUARTET_CHECK(driver.ok());
  driver_ = *std::move(driver);
  queue_ = std::make_unique<controller::TurnQueue>(controller::TurnQueue::Options());
  driver_->set_propose([this](controller::Proposal proposal, Sequencer::Done done) {
    ProposeInsync(std::move(proposal), std::move(done));
  });
  const bool edited = world_.Is(Mutation::kUnverifiedReplacement);
  if (world_.Is(Mutation::kResumedOverTrimmedLog)) mutant_log_ = MakeLogWithoutGaps(*log_, past_positions_);
  publisher_ =
      replication::Publisher::Create(mutant_log_ != nullptr ? *mutant_log_ : *log_,
                                     edited ? static_cast<const store::Store&>(seen_by_publisher_) : disk_,
                                     world_.clock, {.part_bytes = 512});
  const auto restore = replication::ReadRestore(disk_);
  world_.unconfirmed = restore.ok() && replication::IsUnconfirmed(*restore);
  if (!world_.Is(Mutation::kUnconfirmedStateSent)) publisher_->SetUnsettled(world_.unconfirmed);
  proofs_.Forget();
  moved_.clear();
  CatchUp();
  outside_.committed();
  publisher_->Committed(sequencer_->head());
  Later(0, [this] { Tick(); });
}

// What a crash kept from being told, and the first entry of this term.
void SimController::CatchUp() {
  const replication::Position& known = world_.truth.now.head();
  if (known.index > sequencer_->head().index) {
    world_.Check(absl::StrCat("the controller lost entries: its log ends at ", sequencer_->head().index,
                              ", but ", known.index, " was committed"));
    return;
  }
  absl::StatusOr<std::vector<replication::SealedEntry>> entries = log_->Read(known.index, SIZE_MAX);
  if (!entries.ok()) {
    world_.Check(absl::StrCat("the controller can't read its log: ", entries.status().ToString()));
    return;
  }
  for (const replication::SealedEntry& sealed : *entries) {
    absl::StatusOr<stored::v1::Entry> entry = replication::OpenEntry(sealed.bytes);
    QUARTET_CHECK(entry.ok());
    Apply(*entry, sealed.position);
  }
}

void SimController::Apply(const stored::v1::Entry& entry, const replication::Position& position) {
  past_positions_[position.index] = position;
  world_.Check(world_.truth.now.Apply(entry, position));
  CheckProofs();
}

void SimController::CheckProofs() {
  const uint64_t epoch = world_.truth.now.head().epoch;
  for (Timeline::Proven& proven : world_.truth.now.TakeProven()) {
    world_.Check(proofs_.CheckInsync(proven, epoch));
    world_.proven.push_back(std::move(proven));
  }
  for (const Timeline::Counted& counted : world_.truth.now.TakeCounted())
    world_.Check(proofs_.CheckCounted(counted, epoch));
}

void SimController::End() {
  ++life_;
  queue_.reset();
  processing_ = false;
  publisher_.reset();
  driver_.reset();
  mutant_log_.reset();
}

void SimController::Crash() {
  if (!running()) return;
  End();
  sequencer_.reset();
  log_.reset();
  deposed_.sequencer.reset();
  deposed_.log.reset();
  disk_.Crash(dice_.Below(4));
  outside_.crashed();
}

void SimController::Depose() {
  if (!takes_changes() || disk_.full()) return;
  End();
  deposed_.sequencer = std::move(sequencer_);
  deposed_.log = std::move(log_);
  outside_.crashed();
  Start();
}

void SimController::ActAsDeposed() {
  if (deposed_.sequencer == nullptr || !running()) return;
  controller::Proposal proposal;
  proposal.plan = [](const controller::PlanContext&) -> absl::StatusOr<controller::Plan> {
    controller::Plan plan;
    plan.entry.add_effects()->mutable_term()->set_controller("deposed");
    return plan;
  };
  deposed_.sequencer->Add(proposal, [](const absl::StatusOr<controller::Outcome>&) {});
  if (!deposed_.sequencer->Flush().committed.empty())
    world_.Check(absl::StrCat("a deposed leader appended entry ", deposed_.sequencer->head().index));
  const replication::Position head = deposed_.sequencer->head();
  if (deposed_.log->Trim(head, deposed_.sequencer->term(), head.index).ok())
    world_.Check(absl::StrCat("a deposed leader trimmed the log up to ", head.index));
  world_.Saw("deposed leader refused");
}

void SimController::Backup() {
  if (!running() || world_.unconfirmed) return;
  backup_ = store::MemoryStore::CopyOf(*disk_.Snapshot());
  backup_truth_ = world_.truth.now;
}

void SimController::Restore() {
  if (!has_backup()) return;
  Crash();
  const uint64_t epoch = replication::EpochAfter(world_.truth.now.head().epoch,
                                                 static_cast<uint64_t>(world_.clock.WallMicros() / kSecond),
                                                 static_cast<uint32_t>(dice_.Below(1 << 24)));
  auto restored = store::MemoryStore::CopyOf(*backup_);
  QUARTET_CHECK(replication::BeginEpoch(*restored, epoch, {}).ok());
  disk_.Replace(std::move(restored));
  past_positions_.clear();
  world_.truth.before.push_back(std::move(world_.truth.now));
  world_.truth.now = backup_truth_;
  world_.truth.now.BeginEpoch(epoch);
  world_.Saw("restored");
  Start();
}

void SimController::Confirm() {
  if (!running() || !world_.unconfirmed || disk_.full()) return;
  if (!replication::ConfirmRestore(disk_, "quartet://admin/simulation", world_.clock.WallMicros()).ok())
    return;
  world_.unconfirmed = false;
  sequencer_->Probe();
  publisher_->SetUnsettled(false);
  Process();
}

void SimController::Propose(controller::Proposal proposal, Sequencer::Done done) {
  if (!running()) return;
  controller::TurnQueue::Item item{std::move(proposal), std::move(done)};
  if (absl::Status refused = queue_->Push(item); !refused.ok()) return item.done(std::move(refused));
  ProcessSoon(2 * kMillisecond);
}

void SimController::ProcessSoon(int64_t longest_us) {
  if (processing_) return;
  processing_ = true;
  Later(dice_.Between(50, longest_us), [this] { Process(); });
}

void SimController::ProposeInsync(controller::Proposal proposal, Sequencer::Done done) {
  if (world_.Is(Mutation::kInsyncToldBeforeLogged)) {
    replication::Hasher hasher(std::string(replication::Hasher::kKeyBytes, '\0'));
    controller::RosterCache roster_cache;
    const absl::StatusOr<controller::Plan> plan =
        proposal.plan({disk_, world_.clock.WallMicros(), dice_, hasher, 0, roster_cache});
    if (plan.ok()) {
      for (const stored::v1::Effect& effect : plan->entry.effects())
        for (const std::string& id : effect.insync().change_ids()) outside_.told_insync(id);
    }
  }
  Propose(std::move(proposal), std::move(done));
}

void SimController::Process() {
  processing_ = false;
  while (!sequencer_->full()) {
    std::optional<controller::TurnQueue::Item> item = queue_->Pop();
    if (!item.has_value()) break;
    sequencer_->Add(std::move(item->proposal), std::move(item->done));
  }
  Sequencer::Flushed flushed = sequencer_->Flush();
  for (const Sequencer::Committed& committed : flushed.committed) Apply(committed.entry, committed.position);
  outside_.committed();
  // Now and then power fails between the disk and the answer.
  if (fragile_ && dice_.Below(800) == 0) return Crash();
  Announce(flushed.committed);
  for (Sequencer::Settled& settled : flushed.settled) settled.done(std::move(settled.result));
  if (!queue_->empty()) ProcessSoon(kMillisecond);
}

void SimController::Announce(const std::vector<Sequencer::Committed>& committed) {
  bool roster = false;
  for (const Sequencer::Committed& one : committed) {
    usage_->Committed(one.entry);
    roster = roster || controller::ChangesRoster(one.entry);
    for (const stored::v1::Effect& effect : one.entry.effects())
      for (const std::string& id : effect.insync().change_ids()) outside_.told_insync(id);
  }
  publisher_->Committed(sequencer_->head());
  if (roster) publisher_->RosterChanged();
  driver_->Committed(committed);
  Pump();
}

absl::StatusOr<replication::SessionId> SimController::Open(const std::string& node,
                                                           const std::string& nameserver) {
  if (!running()) return absl::UnavailableError("no controller");
  return publisher_->Open(node, nameserver);
}

void SimController::Receive(replication::SessionId session, const std::string& node, uint64_t disk,
                            const replication::v1::SubscribeRequest& message) {
  if (!running()) return;
  replication::v1::SubscribeRequest heard = message;
  if (world_.Is(Mutation::kExceptionsDropped) && heard.has_acknowledgement())
    heard.mutable_acknowledgement()->clear_exceptions();
  if (publisher_->Receive(session, heard).ok()) {
    proofs_.Heard(node, disk, message);
  } else {
    publisher_->Close(session);
    outside_.end(session);
  }
  Pump();
  Report();
}

void SimController::Close(replication::SessionId session) {
  if (!running()) return;
  publisher_->Close(session);
  Report();
}

void SimController::Pump() {
  for (bool more = true; more;) {
    replication::Publisher::Output output = publisher_->Take();
    for (const auto& message : output.messages) {
      const replication::v1::SubscribeResponse parsed = message.message.Parse();
      if (parsed.has_welcome()) {
        world_.Saw(parsed.welcome().unsettled() ? "welcome, unsettled"
                   : parsed.welcome().resumed() ? "welcome, resumed"
                                                : "welcome, inventory");
      }
      outside_.send(message.session, parsed);
    }
    for (const auto& end : output.ended) outside_.end(end.session);
    for (replication::NodeProgress& progress : output.progress) moved_[progress.node] = std::move(progress);
    std::unique_ptr<replication::Publisher::Turn> turn = publisher_->TakeTurn();
    more = turn != nullptr;
    if (!more) continue;
    turn->Run();
    publisher_->EndTurn(std::move(turn));
  }
}

void SimController::Report() {
  Pump();
  std::vector<replication::NodeProgress> progress;
  for (auto& [node, moved] : std::exchange(moved_, {})) progress.push_back(std::move(moved));
  if (progress.empty()) return;
  for (replication::NodeProgress& node : progress) Deceive(node);
  driver_->OnProgress(progress);
}

// For mutations.
void SimController::Deceive(replication::NodeProgress& node) const {
  const Timeline::Node* enrolled = world_.truth.now.FindNode(node.node);
  const bool joining = enrolled != nullptr && enrolled->state == stored::v1::NODE_STATE_JOINING;
  const bool counted = enrolled != nullptr && enrolled->counted();
  const bool fourth = counted && node.nameserver.find("-d") != std::string::npos;
  if (!(world_.Is(Mutation::kJoinerCountedEarly) && joining) &&
      !(world_.Is(Mutation::kInsyncWithThree) && fourth))
    return;
  node.acknowledged = true;
  node.epoch = sequencer_->head().epoch;
  node.acknowledged_index = sequencer_->head().index;
  node.exceptions.clear();
}

void SimController::Tick() {
  publisher_->Tick();
  Pump();
  Report();
  Later(250 * kMillisecond, [this] { Tick(); });
  if (sequencer_->read_only_reason().empty() || processing_) return;
  sequencer_->Probe();
  Process();
}

std::string SimController::Progress() const {
  std::string text;
  if (!running()) return text;
  for (const replication::NodeProgress& node : publisher_->Progress()) {
    absl::StrAppend(&text, "; ", node.node, node.connected ? "" : " (away)", " at ", node.epoch, "/",
                    node.acknowledged_index);
    for (const replication::ZoneException& exception : node.exceptions)
      absl::StrAppend(&text, " but ", exception.zone_id, " ", exception.served_revision);
  }
  return text;
}

void SimController::Trim(uint64_t keep) {
  if (!running() || sequencer_->head().index <= keep) return;
  // A full disk refuses it; nothing depends on it.
  log_->Trim(sequencer_->head(), sequencer_->term(), sequencer_->head().index - keep).IgnoreError();
}

}  // namespace quartet::simulation
