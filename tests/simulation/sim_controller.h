// The controller of a simulated cluster: the production sequencer, INSYNC driver and publisher over a disk in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "controller/assignment/usage.h"
#include "controller/roster/insync_driver.h"
#include "controller/sequencer/sequencer.h"
#include "controller/sequencer/turn_queue.h"
#include "replication/feed/publisher.h"
#include "replication/log/log.h"
#include "tests/simulation/edited_store.h"
#include "tests/simulation/feed_end.h"
#include "tests/simulation/mutant_log.h"
#include "tests/simulation/proofs.h"
#include "tests/simulation/sim_disk.h"
#include "tests/simulation/world.h"

namespace quartet::simulation {

class SimController : public FeedEnd {
 public:
  // What goes out of it.
  struct Outside {
    std::function<void(replication::SessionId, const replication::v1::SubscribeResponse&)> send;
    std::function<void(replication::SessionId)> end;
    // Entries were committed: the truth has them.
    std::function<void()> committed;
    // A change was called INSYNC to somebody who waits for it.
    std::function<void(const std::string& change_id)> told_insync;
    // It is gone, and its streams with it.
    std::function<void()> crashed;
  };

  SimController(World& world, Outside outside);

  bool running() const { return sequencer_ != nullptr; }
  void Start();
  // Nobody who waits for an answer gets one. What was not synced may be lost.
  void Crash();

  // Another process takes the log, and this one does not hear of it. It goes on with ActAsDeposed.
  void Depose();
  void ActAsDeposed();

  // A copy of what is stored now; the copy takes the place of what is stored, in a new epoch, and is not confirmed.
  void Backup();
  bool has_backup() const { return backup_ != nullptr; }
  void Restore();
  void Confirm();

  // Judged soon, in a group with whatever else comes until then. Dropped if it is not running.
  void Propose(controller::Proposal proposal, controller::Sequencer::Done done);
  const controller::Usage& usage() const { return *usage_; }
  bool takes_changes() const { return running() && sequencer_->read_only_reason().empty(); }

  absl::StatusOr<replication::SessionId> Open(const std::string& node,
                                              const std::string& nameserver) override;
  void Receive(replication::SessionId session, const std::string& node, uint64_t disk,
               const replication::v1::SubscribeRequest& message) override;
  void Close(replication::SessionId session) override;

  // What each node has acknowledged, for people.
  std::string Progress() const;

  // Forgets all but the last entries of the log.
  void Trim(uint64_t keep);
  // From now on it also crashes now and then between the disk and the answer.
  void SetFragile(bool fragile) { fragile_ = fragile; }

  SimDisk& disk() { return disk_; }
  const SimDisk& disk() const { return disk_; }
  const replication::Log* log() const { return log_.get(); }

 private:
  struct Deposed {
    std::unique_ptr<replication::Log> log;
    std::unique_ptr<controller::Sequencer> sequencer;
  };

  void End();
  bool OpenMachines();
  void CatchUp();
  void Apply(const stored::v1::Entry& entry, const replication::Position& position);
  void CheckProofs();
  void Process();
  void ProcessSoon(int64_t longest_us);
  void Announce(const std::vector<controller::Sequencer::Committed>& committed);
  void ProposeInsync(controller::Proposal proposal, controller::Sequencer::Done done);
  void Pump();
  void Report();
  void Deceive(replication::NodeProgress& node) const;
  void Tick();
  // Runs `event` unless the controller has ended by then.
  void Later(int64_t delay_us, std::function<void()> event);

  World& world_;
  Dice dice_;
  const Outside outside_;
  SimDisk disk_;
  // What the machines see of it.
  EditedStore seen_by_sequencer_;
  EditedStore seen_by_publisher_;
  EditedStore seen_by_driver_;
  uint64_t life_ = 0;

  std::unique_ptr<replication::Log> log_;
  // The publisher's, with a mutation.
  std::unique_ptr<replication::Log> mutant_log_;
  PastPositions past_positions_;
  std::unique_ptr<controller::Usage> usage_;
  std::unique_ptr<controller::Sequencer> sequencer_;
  std::unique_ptr<controller::InsyncDriver> driver_;
  std::unique_ptr<replication::Publisher> publisher_;
  std::unique_ptr<controller::TurnQueue> queue_;
  bool processing_ = false;
  bool fragile_ = false;
  Deposed deposed_;
  std::unique_ptr<store::MemoryStore> backup_;
  Timeline backup_truth_;
  Proofs proofs_;
  // Progress the driver does not know of yet.
  std::map<std::string, replication::NodeProgress> moved_;
};

}  // namespace quartet::simulation
