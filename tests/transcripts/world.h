// What a transcript plays in: one controller's publisher, one node's subscriber, and the messages between
// them.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "replication/feed/publisher.h"
#include "replication/feed/reports.h"
#include "replication/feed/subscriber.h"
#include "replication/feed/test_controller.h"
#include "replication/feed/test_served.h"
#include "replication/store/memory_store.h"
#include "replication/store/test_contents.h"

namespace quartet::tests {

// Node n1 of nameserver ns1. README.md lists the commands.
class World {
 public:
  World();

  // Runs one command; returns the lines it says. A line beginning with "?" is a mistake in the script.
  std::vector<std::string> Run(const std::string& command);

 private:
  class Numbers : public replication::Random {
   public:
    uint64_t Next() override { return ++last_; }

   private:
    uint64_t last_ = 0;
  };
  struct Controller {
    explicit Controller(const store::Contents& contents = {});
    store::MemoryStore store;
    std::unique_ptr<replication::TestController> entries;
    std::unique_ptr<replication::Publisher> publisher;
    // Head of a group of entries that the publisher has not been told of.
    std::optional<replication::Position> committed;
  };

  void NewController();
  // From the backup, in a new epoch, unconfirmed.
  void Restore();
  void NewPublisher();
  void OpenNode();
  bool RunControllerCommand(const std::string& name, std::istringstream& words);
  bool RunNetworkCommand(const std::string& name, std::istringstream& words);
  bool RunNodeCommand(const std::string& name, std::istringstream& words);

  void Commit(const replication::Position& position);
  void Connect();
  void Disconnect(const std::string& why);
  void Send();
  void Receive(size_t messages);
  void Write();
  void RunUntilQuiet();
  void Lose();
  void TamperRevision(uint64_t prev_revision);
  void Serve();
  void Progress();
  void ForgeRecord(const std::string& zone, const std::string& key, const std::string& value);
  void Compare(const std::string& zone);
  void Inquire(const std::string& zone);
  void CorruptRecord(const std::string& zone, const std::string& key);
  void Say(const std::string& line) { lines_.push_back(line); }

  replication::TestClock clock_;
  Numbers random_;
  uint64_t epoch_ = 100;
  size_t part_bytes_ = 64 << 10;
  std::unique_ptr<Controller> controller_;
  store::Contents backup_;
  uint64_t inquiries_ = 0;
  std::optional<replication::SessionId> session_;

  std::unique_ptr<store::MemoryStore> disk_;
  std::unique_ptr<replication::Subscriber> node_;
  std::unique_ptr<replication::Reports> reports_;
  replication::ServedZones served_;

  std::deque<replication::v1::SubscribeRequest> to_controller_;
  std::deque<replication::v1::SubscribeResponse> to_node_;
  std::vector<std::string> lines_;
};

}  // namespace quartet::tests
