#include "tests/simulation/network.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace quartet::simulation {

namespace v1 = replication::v1;
using replication::SessionId;

constexpr int64_t kKeepAlive = 8 * kSecond;
constexpr int64_t kLostIsNoticed = 5 * kSecond;

int64_t Network::Arrival(int64_t& last_us) {
  // Mostly a network of one continent, now and then a bad one.
  const int64_t longest = dice_.Chance(3) ? 400 * kMillisecond : 20 * kMillisecond;
  const int64_t now = world_.clock.now();
  last_us = std::max(last_us, now + dice_.Between(100, longest));
  return last_us - now;
}

Network::StreamPtr Network::OfNode(const std::string& node) const {
  const auto found = of_node_.find(node);
  return found == of_node_.end() ? nullptr : found->second;
}

void Network::SetOldController(FeedEnd* controller) {
  if (old_controller_ != nullptr) ControllerCrashed(*old_controller_);
  old_controller_ = controller;
}

void Network::Connect(const std::string& node) {
  world_.clock.After(dice_.Between(1, 20) * kMillisecond, [this, node] { Open(node); });
}

void Network::Open(const std::string& node) {
  SimNode& peer = *nodes_.at(node);
  if (!peer.running() || OfNode(node) != nullptr) return;
  const auto stream = std::make_shared<Stream>();
  stream->node = node;
  of_node_[node] = stream;
  const bool to_old = old_controller_ != nullptr && dice_.Chance(50);
  stream->controller = to_old ? old_controller_ : controller_;
  absl::StatusOr<SessionId> session = absl::UnavailableError("no controller");
  if (stream->controller != nullptr) session = stream->controller->Open(node, peer.nameserver());
  if (!session.ok()) return TellNode(stream, dice_.Between(1, 100) * kMillisecond);
  if (to_old) world_.Saw("stream to an old controller");
  stream->session = *session;
  of_session_[{stream->controller, *session}] = stream;
  peer.Connected(to_old);
}

void Network::ToController(const std::string& node, const v1::SubscribeRequest& message) {
  const StreamPtr stream = OfNode(node);
  if (stream == nullptr) return;
  const uint64_t disk = nodes_.at(node)->disk().life();
  const bool twice = std::exchange(stream->double_next_up, false);
  for (int copy = 0; copy < (twice ? 2 : 1); ++copy) {
    world_.clock.After(Arrival(stream->last_to_controller_us), [stream, disk, message] {
      if (stream->session == 0 || stream->silent) return;
      stream->controller->Receive(stream->session, stream->node, disk, message);
    });
  }
}

void Network::ToNode(FeedEnd& from, SessionId session, const v1::SubscribeResponse& message) {
  const auto found = of_session_.find({&from, session});
  if (found == of_session_.end()) return;
  const StreamPtr stream = found->second;
  if (stream->lose_next && message.has_span()) {
    stream->lose_next = false;
    world_.Saw(message.span().entries().empty() ? "heartbeat lost" : "entries lost");
    // It may have taken the last credit, so that nothing follows that shows the gap: then the stream does not last either.
    TellNode(stream, kLostIsNoticed);
    TellController(stream, kLostIsNoticed);
    return;
  }
  const bool twice = std::exchange(stream->double_next, false);
  if (twice) world_.Saw("message doubled");
  for (int copy = 0; copy < (twice ? 2 : 1); ++copy) {
    world_.clock.After(Arrival(stream->last_to_node_us), [this, stream, message] {
      if (stream->node_open && !stream->silent) nodes_.at(stream->node)->Receive(message);
    });
  }
}

void Network::TellNode(const StreamPtr& stream, int64_t delay_us) {
  world_.clock.After(delay_us, [this, stream] {
    if (!stream->node_open) return;
    stream->node_open = false;
    of_node_.erase(stream->node);
    nodes_.at(stream->node)->Disconnected();
  });
}

void Network::TellController(const StreamPtr& stream, int64_t delay_us) {
  world_.clock.After(delay_us, [this, stream] {
    if (stream->session == 0) return;
    const SessionId session = std::exchange(stream->session, 0);
    of_session_.erase({stream->controller, session});
    stream->controller->Close(session);
  });
}

void Network::NodeHangsUp(const std::string& node) {
  const StreamPtr stream = OfNode(node);
  if (stream == nullptr) return;
  stream->node_open = false;
  of_node_.erase(node);
  // A crashed machine says nothing: the controller's keep-alive finds out.
  TellController(stream, dice_.Chance(50) ? dice_.Between(1, 20) * kMillisecond : kKeepAlive);
}

void Network::ControllerEnds(FeedEnd& from, SessionId session) {
  const auto found = of_session_.find({&from, session});
  if (found == of_session_.end()) return;
  const StreamPtr stream = found->second;
  of_session_.erase(found);
  stream->session = 0;
  // Behind what was sent.
  TellNode(stream, Arrival(stream->last_to_node_us));
}

void Network::ControllerCrashed(FeedEnd& which) {
  std::vector<StreamPtr> ended;
  for (auto it = of_session_.begin(); it != of_session_.end();) {
    const bool its = it->first.first == &which;
    if (its) ended.push_back(it->second);
    it = its ? of_session_.erase(it) : std::next(it);
  }
  for (const StreamPtr& stream : ended) {
    stream->session = 0;
    TellNode(stream, dice_.Chance(50) ? dice_.Between(1, 20) * kMillisecond : kKeepAlive);
  }
}

void Network::Break(const std::string& node) {
  const StreamPtr stream = OfNode(node);
  if (stream == nullptr) return;
  world_.Saw("stream broken");
  stream->silent = true;
  TellNode(stream, dice_.Between(0, 100) * kMillisecond);
  TellController(stream, dice_.Between(0, 100) * kMillisecond);
}

void Network::HalfOpen(const std::string& node) {
  const StreamPtr stream = OfNode(node);
  if (stream == nullptr) return;
  stream->silent = true;
  TellNode(stream, dice_.Between(1, 2) * kKeepAlive / 2);
  TellController(stream, kKeepAlive);
}

void Network::LoseNext(const std::string& node) {
  if (const StreamPtr stream = OfNode(node); stream != nullptr) stream->lose_next = true;
}

void Network::DoubleNext(const std::string& node) {
  if (const StreamPtr stream = OfNode(node); stream != nullptr) stream->double_next = true;
}

void Network::DoubleNextUp(const std::string& node) {
  if (const StreamPtr stream = OfNode(node); stream != nullptr) stream->double_next_up = true;
}

void Network::Delay(const std::string& node, int64_t us) {
  const StreamPtr stream = OfNode(node);
  if (stream == nullptr) return;
  stream->last_to_node_us = std::max(stream->last_to_node_us, world_.clock.now() + us);
}

}  // namespace quartet::simulation
