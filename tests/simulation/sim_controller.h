// The controller of a simulated cluster: the production sequencer, INSYNC driver and publisher over a disk in
// memory.
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
#include "replication/store/memory_store.h"
#include "tests/simulation/mutation.h"
#include "tests/simulation/truth.h"
#include "tests/simulation/world_clock.h"

namespace quartet::simulation {

class SimController {
 public:
  // What goes out of it.
  struct Outside {
    std::function<void(replication::SessionId, const replication::v1::SubscribeResponse&)> send;
    std::function<void(replication::SessionId)> end;
    // Something was committed: the truth has it.
    std::function<void()> committed;
    std::function<void()> crashed;
  };

  SimController(WorldClock& clock, Dice& dice, Truth& truth, Mutation mutation, Outside outside);

  bool running() const { return sequencer_ != nullptr; }
  void Start();
  // Nobody who waits for an answer gets one. What was not synced may be lost.
  void Crash();

  // Judged soon, in a group with whatever else comes until then. Dropped if it is not running.
  void Propose(controller::Proposal proposal, controller::Sequencer::Done done);
  const controller::Usage& usage() const { return *usage_; }

  absl::StatusOr<replication::SessionId> Open(const std::string& node, const std::string& nameserver);
  void Receive(replication::SessionId session, const replication::v1::SubscribeRequest& message);
  void Close(replication::SessionId session);

  // Forgets all but the last entries of the log.
  void Trim(uint64_t keep);
  void FillDisk(bool full);
  // From now on it also crashes now and then between the disk and the answer.
  void SetFragile(bool fragile) { fragile_ = fragile; }

  const store::MemoryStore& disk() const { return disk_; }
  const replication::Log* log() const { return log_.get(); }

 private:
  void Process();
  void Announce(const std::vector<controller::Sequencer::Committed>& committed);
  void Pump();
  void Report();
  void Tick();
  // Runs `event` unless the controller has crashed by then.
  void Later(int64_t delay_us, std::function<void()> event);

  WorldClock& clock_;
  Dice& dice_;
  Truth& truth_;
  const Mutation mutation_;
  const Outside outside_;
  store::MemoryStore disk_;
  uint64_t life_ = 0;

  std::unique_ptr<replication::Log> log_;
  std::unique_ptr<controller::Usage> usage_;
  std::unique_ptr<controller::Sequencer> sequencer_;
  std::unique_ptr<controller::InsyncDriver> driver_;
  std::unique_ptr<replication::Publisher> publisher_;
  std::unique_ptr<controller::TurnQueue> queue_;
  bool processing_ = false;
  bool fragile_ = false;
  // Progress the driver does not know of yet.
  std::map<std::string, replication::NodeProgress> moved_;
};

}  // namespace quartet::simulation
