#include "tests/simulation/sim_controller.h"

#include <algorithm>
#include <utility>

#include "dns/base/check.h"
#include "replication/entry/entry.h"
#include "replication/log/embedded_log.h"

namespace quartet::simulation {

using controller::Sequencer;

SimController::SimController(WorldClock& clock, Dice& dice, Truth& truth, Mutation mutation, Outside outside)
    : clock_(clock), dice_(dice), truth_(truth), mutation_(mutation), outside_(std::move(outside)) {}

void SimController::Later(int64_t delay_us, std::function<void()> event) {
  clock_.After(delay_us, [this, life = life_, event = std::move(event)] {
    if (life == life_) event();
  });
}

void SimController::Start() {
  absl::StatusOr<std::unique_ptr<replication::Log>> log = replication::OpenEmbeddedLog(disk_, 1000);
  QUARTET_CHECK(log.ok());
  log_ = *std::move(log);
  absl::StatusOr<std::unique_ptr<Sequencer>> sequencer =
      Sequencer::Open(*log_, disk_, clock_, dice_, {.controller = "c1", .group_entries = 16});
  QUARTET_CHECK(sequencer.ok());
  sequencer_ = *std::move(sequencer);
  sequencer_->Flush();
  usage_ = std::make_unique<controller::Usage>();
  QUARTET_CHECK(usage_->Load(disk_).ok());
  absl::StatusOr<std::unique_ptr<controller::InsyncDriver>> driver =
      controller::InsyncDriver::Open(disk_, sequencer_->head());
  QUARTET_CHECK(driver.ok());
  driver_ = *std::move(driver);
  queue_ = std::make_unique<controller::TurnQueue>(controller::TurnQueue::Options());
  driver_->set_propose([this](controller::Proposal proposal, Sequencer::Done done) {
    Propose(std::move(proposal), std::move(done));
  });
  publisher_ = replication::Publisher::Create(*log_, disk_, clock_, {.part_bytes = 512});
  moved_.clear();
  // What a crash kept from being told, and the first entry of this term.
  absl::StatusOr<std::vector<replication::SealedEntry>> entries = log_->Read(truth_.head().index, SIZE_MAX);
  QUARTET_CHECK(entries.ok());
  for (const replication::SealedEntry& sealed : *entries) {
    absl::StatusOr<stored::v1::Entry> entry = replication::OpenEntry(sealed.bytes);
    QUARTET_CHECK(entry.ok());
    truth_.Apply(*entry, sealed.position);
  }
  outside_.committed();
  publisher_->Committed(sequencer_->head());
  Later(0, [this] { Tick(); });
}

void SimController::Crash() {
  ++life_;
  queue_.reset();
  processing_ = false;
  publisher_.reset();
  driver_.reset();
  sequencer_.reset();
  log_.reset();
  disk_.FailWrites(absl::OkStatus());
  disk_.Crash(dice_.Below(4));
  outside_.crashed();
}

void SimController::Propose(controller::Proposal proposal, Sequencer::Done done) {
  if (!running()) return;
  controller::TurnQueue::Item item{std::move(proposal), std::move(done)};
  if (absl::Status refused = queue_->Push(item); !refused.ok()) return item.done(std::move(refused));
  if (processing_) return;
  processing_ = true;
  Later(dice_.Between(50, 2 * kMillisecond), [this] { Process(); });
}

void SimController::Process() {
  processing_ = false;
  while (!sequencer_->full()) {
    std::optional<controller::TurnQueue::Item> item = queue_->Pop();
    if (!item.has_value()) break;
    sequencer_->Add(std::move(item->proposal), std::move(item->done));
  }
  Sequencer::Flushed flushed = sequencer_->Flush();
  for (const Sequencer::Committed& committed : flushed.committed)
    truth_.Apply(committed.entry, committed.position);
  outside_.committed();
  // Now and then power fails between the disk and the answer.
  if (fragile_ && dice_.Below(400) == 0) {
    Crash();
    return;
  }
  Announce(flushed.committed);
  for (Sequencer::Settled& settled : flushed.settled) settled.done(std::move(settled.result));
  if (queue_->empty() || processing_) return;
  processing_ = true;
  Later(dice_.Between(50, kMillisecond), [this] { Process(); });
}

void SimController::Announce(const std::vector<Sequencer::Committed>& committed) {
  bool roster = false;
  for (const Sequencer::Committed& one : committed) {
    usage_->Committed(one.entry);
    roster = roster || controller::ChangesRoster(one.entry);
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

void SimController::Receive(replication::SessionId session,
                            const replication::v1::SubscribeRequest& message) {
  if (!running()) return;
  if (!publisher_->Receive(session, message).ok()) {
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
    for (const auto& message : output.messages) outside_.send(message.session, message.message.Parse());
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
  if (mutation_ == Mutation::kInsyncWithThree) {
    for (replication::NodeProgress& node : progress) {
      if (node.nameserver.find("-d") == std::string::npos) continue;
      node.acknowledged = true;
      node.epoch = sequencer_->head().epoch;
      node.acknowledged_index = sequencer_->head().index;
      node.exceptions.clear();
    }
  }
  driver_->OnProgress(progress);
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

void SimController::Trim(uint64_t keep) {
  if (!running() || sequencer_->head().index <= keep) return;
  // A full disk refuses it; nothing depends on it.
  log_->Trim(sequencer_->head(), sequencer_->term(), sequencer_->head().index - keep).IgnoreError();
}

void SimController::FillDisk(bool full) {
  disk_.FailWrites(full ? absl::ResourceExhaustedError("the disk is full") : absl::OkStatus());
}

}  // namespace quartet::simulation
