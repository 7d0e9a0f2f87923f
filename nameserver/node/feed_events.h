// What the feed's stream tells the thread that owns the replica.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/feed/subscriber.h"
#include "replication/replica/scrubber.h"

namespace quartet::nameserver {

// A stream is open.
struct FeedConnected {};
// The stream has ended, or none could be opened, and why.
struct FeedDisconnected {
  absl::Status status;
};
// A large zone was built beside and can be served (Replica::InstallBuilt).
struct ZoneBuilt {};
// Zones that were asked for are read (Replica::InstallLoaded).
struct ZonesLoaded {};
// What is stored of each zone is read (Replica::Start).
struct MachineRead {
  // Events can be copied; it is taken out once.
  std::shared_ptr<absl::StatusOr<std::unique_ptr<replication::Subscriber>>> machine;
};
// Zones were found damaged on disk (Replica::Damaged).
struct ReplicaDamaged {
  std::vector<replication::ScrubFinding> findings;
};
// The store was found damaged as a whole.
struct StoreDamaged {
  absl::Status status;
};
using FeedEvent = std::variant<FeedConnected, quartet::replication::v1::SubscribeResponse, FeedDisconnected,
                               ZoneBuilt, ZonesLoaded, MachineRead, ReplicaDamaged, StoreDamaged>;

// From the feed's threads to the one that owns the replica. Thread-safe. What it can hold is bound by the
// credit the node gave the controller (replication/feed/subscriber.h), which the machine checks.
class FeedInbox {
 public:
  void Push(FeedEvent event);
  // Ends waiting, now and for ever.
  void Stop();
  bool stopped() const;

  // All events since the last call, in order; waits for the first of them, for Stop, or for `longest`.
  std::vector<FeedEvent> Wait(std::chrono::milliseconds longest);

 private:
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<FeedEvent> events_;
  bool stopped_ = false;
};

}  // namespace quartet::nameserver
