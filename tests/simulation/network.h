// Streams between the nodes and the controller: each in order, with delays of its own; broken, half-open,
// doubled.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "quartet/replication/v1/feed.pb.h"
#include "replication/feed/publisher.h"
#include "tests/simulation/sim_controller.h"
#include "tests/simulation/sim_node.h"
#include "tests/simulation/world_clock.h"

namespace quartet::simulation {

using SimNodes = std::map<std::string, std::unique_ptr<SimNode>>;

// A stream ends for either side at a time of its own: what is sent in between is lost.
class Network {
 public:
  Network(WorldClock& clock, Dice& dice) : clock_(clock), dice_(dice) {}
  void Attach(SimController* controller, SimNodes* nodes) {
    controller_ = controller;
    nodes_ = nodes;
  }

  // A node wants a stream; it gets one, or hears that there is none.
  void Connect(const std::string& node);
  void ToController(const std::string& node, const replication::v1::SubscribeRequest& message);
  void ToNode(replication::SessionId session, const replication::v1::SubscribeResponse& message);
  // One side ends a stream; the other hears of it later.
  void NodeHangsUp(const std::string& node);
  void ControllerEnds(replication::SessionId session);
  void ControllerCrashed();

  // Faults. Break: both sides hear of it soon. HalfOpen: nothing comes through, both notice by their
  // keep-alives.
  void Break(const std::string& node);
  void HalfOpen(const std::string& node);
  void SetDoubling(bool doubling) { doubling_ = doubling; }
  // Single messages to nodes vanish: for mutations, as TCP does not do it.
  void SetLosing(bool losing) { losing_ = losing; }

 private:
  using StreamId = uint64_t;
  struct Stream {
    std::string node;
    // 0: the controller has not got it, or no more.
    replication::SessionId session = 0;
    bool node_open = true;
    bool silent = false;
    // Messages arrive in order: not before these.
    int64_t last_to_node_us = 0;
    int64_t last_to_controller_us = 0;
  };

  void Open(const std::string& node);
  // When a message sent now arrives, from now on.
  int64_t Delay(int64_t& last_us);
  void Deliver(StreamId id, const replication::v1::SubscribeResponse& message);
  void TellNode(StreamId id, int64_t delay_us);
  void TellController(StreamId id, int64_t delay_us);
  StreamId OfNode(const std::string& node) const;
  StreamId OfSession(replication::SessionId session) const;

  WorldClock& clock_;
  Dice& dice_;
  SimController* controller_ = nullptr;
  SimNodes* nodes_ = nullptr;
  std::map<StreamId, Stream> streams_;
  StreamId last_stream_ = 0;
  bool doubling_ = false;
  bool losing_ = false;
};

}  // namespace quartet::simulation
