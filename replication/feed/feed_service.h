// ReplicationService: the publisher behind gRPC.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/clock.h"
#include "replication/base/position.h"
#include "replication/feed/node_requests.h"
#include "replication/feed/progress.h"
#include "replication/feed/publisher.h"
#include "replication/log/log.h"
#include "replication/store/store.h"

namespace grpc {
class Service;
}

namespace quartet::replication {

// Thread-safe. One lock guards the publisher; its turns run on a thread of lower priority without it. What a call makes
// to be sent is handed to gRPC before the call returns, so that a committed change is on its way to the nodes without any
// other thread waking up.
//
// Bounds: 8192 streams. Their queues hold 256 MiB together, a share of 32 KiB to 1 MiB each, and one message more; a stream
// whose share is full gets no spans and no zones until half of it is written, and is ended if nothing is for 30 s (a
// connection whose node answers no pings ends sooner: proto/transport/server.h).
class FeedService : public NodeRequests {
 public:
  // All must outlive it. Nothing is sent before the first Committed.
  FeedService(const Log& log, const store::Store& replica, Clock& clock,
              const Publisher::Options& options = {});
  // Precondition: the server that serves service() is gone.
  ~FeedService() override;

  grpc::Service* service();

  // Log and replica are synced and visible up to `head`. Never waits for a node.
  void Committed(const Position& head);
  // Rows of nodes may have changed: drains are sent, streams of drained nodes end.
  void RosterChanged();

  // Last acknowledgements of all nodes ever seen.
  std::vector<NodeProgress> Progress() const;
  // Called with the progress of the nodes that moved, outside the lock and by one thread at a time. Set it once, before
  // the server starts.
  using OnProgress = std::function<void(const std::vector<NodeProgress>&)>;
  void set_on_progress(OnProgress on_progress);

  // As Publisher's; see there.
  absl::Status Inquire(const std::string& node, const quartet::replication::v1::Inquiry& inquiry) override;
  absl::Status AllowRepair(const std::string& node, const std::string& zone_id) override;
  absl::Status CompareZones(const std::string& node,
                            const quartet::replication::v1::CompareZones& zones) override;
  void SetUnsettled(bool unsettled);
  // Each part of a report and each Health, called as on_progress is: outside the lock and by one thread at a time (of
  // all three), in the order they came. INSYNC waits behind them: they must not block, nor ask or allow anything in
  // the call. Set them before the server starts.
  using OnReport = std::function<void(const std::string& node, const quartet::replication::v1::ReportPart&)>;
  using OnHealth = std::function<void(const std::string& node, const quartet::replication::v1::Health&)>;
  void set_on_report(OnReport on_report);
  void set_on_health(OnHealth on_health);

  // Ends all streams (UNAVAILABLE) and takes no more. Idempotent.
  void Shutdown();

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace quartet::replication
