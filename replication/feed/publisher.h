// The controller's end of the feed, as a machine without I/O: it reads log and replica, and says which messages go to
// which node. The same code runs in controllers and in the simulation.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/clock.h"
#include "replication/base/position.h"
#include "replication/feed/progress.h"
#include "replication/log/log.h"
#include "replication/store/store.h"

namespace quartet::replication {

using SessionId = uint64_t;

// Not thread-safe: one lock or thread owns it. Reads of log and replica happen inside Take; they are bounded by credit.
class Publisher {
 public:
  struct Options {
    int64_t heartbeat_us = 1'000'000;
    size_t span_bytes = 256 << 10;
    size_t part_bytes = 64 << 10;
  };

  // `log` and `replica` must outlive it. The replica shows at least what Committed() was told.
  static std::unique_ptr<Publisher> Create(const Log& log, const store::Store& replica, Clock& clock,
                                           const Options& options);
  virtual ~Publisher() = default;

  // A node opened a stream; its identity comes from its certificate. An older session of the same node ends (it appears
  // in Take's `ended` with ABORTED). PERMISSION_DENIED: not enrolled, another nameserver's, or drained.
  virtual absl::StatusOr<SessionId> Open(const std::string& node, const std::string& nameserver) = 0;
  // One message from the node. Not OK: end the stream with that status and call Close.
  virtual absl::Status Receive(SessionId session,
                               const quartet::replication::v1::SubscribeRequest& message) = 0;
  virtual void Close(SessionId session) = 0;

  // Log and replica are synced and visible up to `head`.
  virtual void Committed(const Position& head) = 0;
  // Node and nameserver rows may have changed: drains are sent, sessions of drained nodes end.
  virtual void RosterChanged() = 0;
  // Time passed: heartbeats. Call at least every heartbeat_us / 4.
  virtual void Tick() = 0;

  struct Output {
    struct Message {
      SessionId session;
      quartet::replication::v1::SubscribeResponse message;
    };
    struct End {
      SessionId session;
      absl::Status status;
    };
    std::vector<Message> messages;
    std::vector<End> ended;
    // More could be sent now: call Take again after these.
    bool more = false;
  };
  virtual Output Take() = 0;

  // Last acknowledgements of all nodes ever seen by this controller, by name. `progress_version` grows with every move.
  virtual std::vector<NodeProgress> Progress() const = 0;
  virtual uint64_t progress_version() const = 0;
};

}  // namespace quartet::replication
