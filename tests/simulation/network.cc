#include "tests/simulation/network.h"

#include <algorithm>

namespace quartet::simulation {

namespace v1 = replication::v1;

constexpr int64_t kKeepAlive = 8 * kSecond;

int64_t Network::Delay(int64_t& last_us) {
  // Mostly a network of one continent, now and then a bad one.
  const int64_t longest = dice_.Chance(3) ? 400 * kMillisecond : 20 * kMillisecond;
  const int64_t arrival = std::max(last_us, clock_.now() + dice_.Between(100, longest));
  last_us = arrival;
  return arrival - clock_.now();
}

Network::StreamId Network::OfNode(const std::string& node) const {
  for (const auto& [id, stream] : streams_) {
    if (stream.node == node && stream.node_open) return id;
  }
  return 0;
}

Network::StreamId Network::OfSession(replication::SessionId session) const {
  for (const auto& [id, stream] : streams_) {
    if (stream.session == session) return id;
  }
  return 0;
}

void Network::Connect(const std::string& node) {
  clock_.After(dice_.Between(1, 20) * kMillisecond, [this, node] { Open(node); });
}

void Network::Open(const std::string& node) {
  SimNode& peer = *nodes_->at(node);
  if (!peer.running() || OfNode(node) != 0) return;
  const StreamId id = ++last_stream_;
  streams_[id].node = node;
  absl::StatusOr<replication::SessionId> session = controller_->Open(node, peer.nameserver());
  if (!session.ok()) {
    TellNode(id, dice_.Between(1, 100) * kMillisecond);
    return;
  }
  streams_[id].session = *session;
  peer.Connected();
}

void Network::ToController(const std::string& node, const v1::SubscribeRequest& message) {
  const StreamId id = OfNode(node);
  if (id == 0) return;
  const int copies = doubling_ && dice_.Chance(2) ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    clock_.After(Delay(streams_[id].last_to_controller_us), [this, id, message] {
      auto stream = streams_.find(id);
      if (stream == streams_.end() || stream->second.session == 0 || stream->second.silent) return;
      controller_->Receive(stream->second.session, message);
    });
  }
}

void Network::ToNode(replication::SessionId session, const v1::SubscribeResponse& message) {
  const StreamId id = OfSession(session);
  if (id == 0) return;
  if (losing_ && message.has_span() && dice_.Chance(10)) return;
  const int copies = doubling_ && dice_.Chance(2) ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    clock_.After(Delay(streams_[id].last_to_node_us), [this, id, message] { Deliver(id, message); });
  }
}

void Network::Deliver(StreamId id, const v1::SubscribeResponse& message) {
  auto stream = streams_.find(id);
  if (stream == streams_.end() || !stream->second.node_open || stream->second.silent) return;
  nodes_->at(stream->second.node)->Receive(message);
}

void Network::TellNode(StreamId id, int64_t delay_us) {
  clock_.After(delay_us, [this, id] {
    auto stream = streams_.find(id);
    if (stream == streams_.end() || !stream->second.node_open) return;
    stream->second.node_open = false;
    const std::string node = stream->second.node;
    if (stream->second.session == 0) streams_.erase(stream);
    nodes_->at(node)->Disconnected();
  });
}

void Network::TellController(StreamId id, int64_t delay_us) {
  clock_.After(delay_us, [this, id] {
    auto stream = streams_.find(id);
    if (stream == streams_.end() || stream->second.session == 0) return;
    const replication::SessionId session = stream->second.session;
    stream->second.session = 0;
    if (!stream->second.node_open) streams_.erase(stream);
    controller_->Close(session);
  });
}

void Network::NodeHangsUp(const std::string& node) {
  const StreamId id = OfNode(node);
  if (id == 0) return;
  streams_[id].node_open = false;
  if (streams_[id].session == 0) {
    streams_.erase(id);
    return;
  }
  // A crashed machine says nothing: the controller's keep-alive finds out.
  TellController(id, dice_.Chance(50) ? dice_.Between(1, 20) * kMillisecond : kKeepAlive);
}

void Network::ControllerEnds(replication::SessionId session) {
  const StreamId id = OfSession(session);
  if (id == 0) return;
  streams_[id].session = 0;
  TellNode(id, dice_.Between(1, 20) * kMillisecond);
}

void Network::ControllerCrashed() {
  for (auto& [id, stream] : streams_) {
    stream.session = 0;
    TellNode(id, dice_.Chance(50) ? dice_.Between(1, 20) * kMillisecond : kKeepAlive);
  }
}

void Network::Break(const std::string& node) {
  const StreamId id = OfNode(node);
  if (id == 0) return;
  streams_[id].silent = true;
  TellNode(id, dice_.Between(0, 100) * kMillisecond);
  TellController(id, dice_.Between(0, 100) * kMillisecond);
}

void Network::HalfOpen(const std::string& node) {
  const StreamId id = OfNode(node);
  if (id == 0) return;
  streams_[id].silent = true;
  TellNode(id, dice_.Between(1, 2) * kKeepAlive / 2);
  TellController(id, kKeepAlive);
}

}  // namespace quartet::simulation
