// A node of a simulated cluster: the production subscriber over a disk in memory, and what it would answer
// from.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "replication/feed/subscriber.h"
#include "replication/feed/test_served.h"
#include "replication/store/memory_store.h"
#include "tests/simulation/mutation.h"
#include "tests/simulation/world_clock.h"

namespace quartet::simulation {

class SimNode {
 public:
  struct Outside {
    // Opens a stream; the node learns of it by Connected.
    std::function<void()> connect;
    std::function<void(const replication::v1::SubscribeRequest&)> send;
    // The node ends its stream.
    std::function<void()> hang_up;
    // Something was written and is served.
    std::function<void()> written;
    std::function<void(const std::string&)> fail;
  };

  SimNode(std::string name, std::string nameserver, WorldClock& clock, Dice& dice, Mutation mutation,
          Outside outside);

  const std::string& name() const { return name_; }
  const std::string& nameserver() const { return nameserver_; }

  bool running() const { return subscriber_ != nullptr; }
  void Start();
  void Crash();
  // Crash and lose the disk.
  void LoseDisk();
  void SetSlow(bool slow) { slow_ = slow; }
  // What is stored of some zone turns out to be damaged.
  void Damage();

  void Connected();
  void Receive(const replication::v1::SubscribeResponse& message);
  void Disconnected();

  // Answers queries: it had its first fill. Precondition of the rest: running().
  bool serving() const { return serving_; }
  replication::Position cursor() const { return subscriber_->cursor(); }
  const replication::ServedZones& served() const { return served_; }
  const store::MemoryStore& disk() const { return *disk_; }
  // Zones it was told are damaged, and has not got anew since.
  const std::set<std::string>& damaged() const { return damaged_; }
  bool writing() const { return writing_; }

 private:
  void Write();
  void Finish(const std::shared_ptr<replication::Subscriber::Ready>& ready);
  void Install(const std::vector<replication::ZoneUpdate>& updates);
  void SendAll(const std::vector<replication::v1::SubscribeRequest>& requests);
  // For mutations: the message with the mistake made good that the rules would find.
  void Tamper(replication::v1::SubscribeResponse& message);
  void MakeFit(replication::v1::NodeEntry& entry) const;
  void Later(int64_t delay_us, std::function<void()> event);

  const std::string name_;
  const std::string nameserver_;
  WorldClock& clock_;
  Dice& dice_;
  const Mutation mutation_;
  const Outside outside_;
  std::unique_ptr<store::MemoryStore> disk_;
  uint64_t life_ = 0;

  std::unique_ptr<replication::Subscriber> subscriber_;
  replication::ServedZones served_;
  std::set<std::string> damaged_;
  bool serving_ = false;
  bool connected_ = false;
  bool writing_ = false;
  // Came during the write, or has to be said after it.
  bool again_ = false;
  bool slow_ = false;
  // Where the next span should start; for mutations.
  replication::v1::Position expected_;
};

}  // namespace quartet::simulation
