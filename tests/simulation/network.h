// Streams between the nodes and the controller: each in order, with delays of its own; broken, half-open, doubled.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "quartet/replication/v1/feed.pb.h"
#include "replication/feed/publisher.h"
#include "tests/simulation/feed_end.h"
#include "tests/simulation/sim_node.h"
#include "tests/simulation/world.h"

namespace quartet::simulation {

using SimNodes = std::map<std::string, std::unique_ptr<SimNode>>;

// A stream ends for either side at a time of its own: what is sent in between is lost.
class Network {
 public:
  Network(World& world, SimNodes& nodes) : world_(world), nodes_(nodes), dice_(world.seed, "network") {}
  // Whom streams are opened to; nullptr: nobody.
  void SetController(FeedEnd* controller) { controller_ = controller; }
  // One that should not be there any more, and gets half of the streams while it is.
  void SetOldController(FeedEnd* controller);

  // A node wants a stream; it gets one, or hears that there is none.
  void Connect(const std::string& node);
  void ToController(const std::string& node, const replication::v1::SubscribeRequest& message);
  void ToNode(FeedEnd& from, replication::SessionId session,
              const replication::v1::SubscribeResponse& message);
  // One side ends a stream; the other hears of it later.
  void NodeHangsUp(const std::string& node);
  void ControllerEnds(FeedEnd& from, replication::SessionId session);
  void ControllerCrashed(FeedEnd& which);

  // Both sides hear of it soon.
  void Break(const std::string& node);
  // Nothing comes through any more; both notice by their keep-alives.
  void HalfOpen(const std::string& node);
  // Of the node's stream: the next span is lost; the next message to it, or from it, comes twice.
  void LoseNext(const std::string& node);
  void DoubleNext(const std::string& node);
  void DoubleNextUp(const std::string& node);
  // What is sent from now on comes after this.
  void Delay(const std::string& node, int64_t us);

 private:
  struct Stream {
    std::string node;
    FeedEnd* controller = nullptr;
    // 0: the controller has not got it, or no more.
    replication::SessionId session = 0;
    bool node_open = true;
    bool silent = false;
    bool lose_next = false;
    bool double_next = false;
    bool double_next_up = false;
    // Messages arrive in order: not before these.
    int64_t last_to_node_us = 0;
    int64_t last_to_controller_us = 0;
  };
  using StreamPtr = std::shared_ptr<Stream>;

  void Open(const std::string& node);
  // When a message sent now arrives, from now on.
  int64_t Arrival(int64_t& last_us);
  void TellNode(const StreamPtr& stream, int64_t delay_us);
  void TellController(const StreamPtr& stream, int64_t delay_us);
  StreamPtr OfNode(const std::string& node) const;

  World& world_;
  SimNodes& nodes_;
  Dice dice_;
  FeedEnd* controller_ = nullptr;
  FeedEnd* old_controller_ = nullptr;
  // The open one of each node; and those the controllers have.
  std::map<std::string, StreamPtr> of_node_;
  std::map<std::pair<FeedEnd*, replication::SessionId>, StreamPtr> of_session_;
};

}  // namespace quartet::simulation
