// The controller without its network: what the gRPC services call.
//
// Requests and answers are the messages of proto/quartet/admin/v1 (their comments are the specification). A
// refused request's status carries its faults: see controller/zones/faults.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/node_calls.h"
#include "controller/watch.h"
#include "quartet/admin/v1/change.pb.h"
#include "quartet/admin/v1/nameserver.pb.h"
#include "quartet/admin/v1/node.pb.h"
#include "quartet/admin/v1/record_set.pb.h"
#include "quartet/admin/v1/status.pb.h"
#include "quartet/admin/v1/zone.pb.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/clock.h"
#include "replication/base/position.h"
#include "replication/feed/progress.h"
#include "replication/log/log.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Who asks, as its certificate says: "quartet://admin/alice".
struct Caller {
  std::string principal;
};

// Thread-safe. Requests that change something block until their entry is synced (or refused); all others read
// what is committed and never wait for a write.
class Controller {
 public:
  struct Options {
    // Name of this controller, from its certificate.
    std::string name;
    std::string version;
  };

  // Opens the log in `store`, or makes one, and starts the sequencer's thread. `clock` and `random` must
  // outlive it. A store that can't be written (a full disk) is no error: the controller then serves reads and
  // the feed, and takes changes once it can. DATA_LOSS: log or replica contradict themselves.
  static absl::StatusOr<std::unique_ptr<Controller>> Open(std::unique_ptr<store::Store> store,
                                                          replication::Clock& clock,
                                                          replication::Random& random,
                                                          const Options& options);
  virtual ~Controller() = default;

  // For the feed. Both live as long as the controller.
  virtual const replication::Log& log() const = 0;
  virtual const store::Store& replica() const = 0;

  // `committed` is called after each group of entries is synced and visible, before any caller hears of it,
  // from the sequencer's thread; it must not block. At once it is called with the present head. Set it once,
  // before requests come.
  using CommittedFn = std::function<void(const replication::Position& head, bool roster_changed)>;
  virtual void set_on_committed(CommittedFn committed) = 0;

  // What the publisher knows of its nodes (Publisher::Progress); call it after every move. All nodes or those
  // that moved. Never blocks on a write.
  virtual void OnProgress(const std::vector<replication::NodeProgress>& progress) = 0;
  // What a node says of its health. Never blocks on a write.
  virtual void OnHealth(const std::string& node, const quartet::replication::v1::Health& health) = 0;
  // How to say something to nodes. Set it once, before requests come; it is used until Stop, and never under a lock that
  // the calls above take.
  virtual void set_node_calls(NodeCalls calls) = 0;

  // No more changes are taken; those in flight end. Then the sequencer's thread is gone. Idempotent.
  virtual void Stop() = 0;

  // ZoneService.
  virtual absl::StatusOr<admin::v1::CreateZoneResponse> CreateZone(
      const Caller& caller, const admin::v1::CreateZoneRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::Zone> GetZone(const admin::v1::GetZoneRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::ListZonesResponse> ListZones(
      const admin::v1::ListZonesRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::Change> DeleteZone(const Caller& caller,
                                                       const admin::v1::DeleteZoneRequest& request) = 0;

  // RecordSetService.
  virtual absl::StatusOr<admin::v1::ListRecordSetsResponse> ListRecordSets(
      const admin::v1::ListRecordSetsRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::Change> ChangeRecordSets(
      const Caller& caller, const admin::v1::ChangeRecordSetsRequest& request) = 0;

  // ChangeService.
  virtual absl::StatusOr<admin::v1::Change> GetChange(const admin::v1::GetChangeRequest& request) = 0;
  // `moved` is called (from a thread of the controller; it must not block, nor call the controller) whenever
  // the change's state or the progress of one of its nameservers may have moved since the last GetChange.
  // Register first, then GetChange: nothing is missed. NOT_FOUND: no such change.
  virtual absl::StatusOr<std::unique_ptr<Watch>> WatchChange(const std::string& name,
                                                             std::function<void()> moved) = 0;

  // NameserverService.
  virtual absl::StatusOr<admin::v1::Stripe> SetStripeDomain(
      const Caller& caller, const admin::v1::SetStripeDomainRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::ListStripesResponse> ListStripes() = 0;
  virtual absl::StatusOr<admin::v1::Nameserver> CreateNameserver(
      const Caller& caller, const admin::v1::CreateNameserverRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::ListNameserversResponse> ListNameservers() = 0;

  // NodeService.
  virtual absl::StatusOr<admin::v1::Node> CreateNode(const Caller& caller,
                                                     const admin::v1::CreateNodeRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::ListNodesResponse> ListNodes() = 0;
  // As WatchChange, for ListNodes.
  virtual std::unique_ptr<Watch> WatchNodes(std::function<void()> moved) = 0;
  virtual absl::StatusOr<admin::v1::Node> DrainNode(const Caller& caller,
                                                    const admin::v1::DrainNodeRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::Node> GetNode(const admin::v1::GetNodeRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::AllowRepairResponse> AllowRepair(
      const Caller& caller, const admin::v1::AllowRepairRequest& request) = 0;

  // Notes durably that the restored state is the truth (BackupService.ConfirmRestore); from then on changes are taken.
  // FAILED_PRECONDITION: it was not restored, or is confirmed already. Not to be called twice at once.
  virtual absl::Status ConfirmRestore(const Caller& caller) = 0;

  // StatusService.
  virtual admin::v1::Status GetStatus() = 0;
};

}  // namespace quartet::controller
