// The node's stream to the controller: opened, and opened again, for as long as it lives.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/clock.h"

namespace grpc {
class ChannelCredentials;
}

namespace quartet::replication {

// Thread-safe. No call of it waits for the network, but for the destructor, which waits for the last
// callback.
class FeedClient {
 public:
  // Called by gRPC's threads and one of its own, one at a time; they should only put into an inbox. For each
  // stream: on_connected, then on_message…, then on_disconnected. An attempt that came to nothing is
  // on_disconnected alone.
  struct Callbacks {
    std::function<void()> on_connected;
    std::function<void(quartet::replication::v1::SubscribeResponse)> on_message;
    // Why: PERMISSION_DENIED, ABORTED and so on are the controller's words, UNAVAILABLE that it can't be
    // reached.
    std::function<void(absl::Status)> on_disconnected;
  };
  struct Options {
    // Between two attempts, at most: doubled each time, until a stream has lasted for longest_wait_us.
    int64_t shortest_wait_us = 50'000;
    int64_t longest_wait_us = 5'000'000;
    // A connection that is silent for so long is asked whether it is alive, and is dead after as long again.
    int keepalive_ms = 4'000;
  };

  // Starts to connect at once. `controller`: "HOST:PORT". `random` must outlive it.
  FeedClient(const std::string& controller, std::shared_ptr<grpc::ChannelCredentials> credentials,
             Callbacks callbacks, Random& random, const Options& options);
  FeedClient(const std::string& controller, std::shared_ptr<grpc::ChannelCredentials> credentials,
             Callbacks callbacks, Random& random);
  // No callback comes afterwards.
  ~FeedClient();

  // On the stream that is open; dropped if none is (on_disconnected says so).
  void Send(quartet::replication::v1::SubscribeRequest request);
  // Ends the stream that is open; another one is opened.
  void Disconnect();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace quartet::replication
