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
#include "controller/caller.h"
#include "controller/imports/pulse.h"
#include "controller/request_host.h"
#include "controller/trimming/log_trimmer.h"
#include "controller/watch.h"
#include "quartet/admin/v1/change.pb.h"
#include "quartet/admin/v1/nameserver.pb.h"
#include "quartet/admin/v1/node.pb.h"
#include "quartet/admin/v1/record_set.pb.h"
#include "quartet/admin/v1/status.pb.h"
#include "quartet/admin/v1/verify.pb.h"
#include "quartet/admin/v1/zone.pb.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/clock.h"
#include "replication/base/position.h"
#include "replication/feed/node_requests.h"
#include "replication/feed/progress.h"
#include "replication/feed/zone_guard.h"
#include "replication/log/log.h"
#include "replication/replica/scrubber.h"
#include "replication/store/store.h"

namespace quartet::controller {

class NodeReports;

// Thread-safe. Requests that change something block until their entry is synced (or refused); all others read
// what is committed and never wait for a write.
class Controller {
 public:
  struct Options {
    // Name of this controller, from its certificate.
    std::string name;
    std::string version;
    // Bytes that the log may hold: see controller/trimming/log_trimmer.h.
    uint64_t log_bytes = LogTrimmer::kLogBytes;
    // For texts of imports, on the store's disk; without one no import is taken.
    std::string spool_directory = {};
  };

  // Opens the log in `store`, or makes one, and starts the sequencer's thread. `clock` and `random` must
  // outlive it. A store that can't be written (a full disk) is no error: the controller then serves reads and
  // the feed, and takes changes once it can. DATA_LOSS: log or replica contradict themselves.
  static absl::StatusOr<std::unique_ptr<Controller>> Open(std::unique_ptr<store::Store> store,
                                                          replication::Clock& clock,
                                                          replication::Random& random,
                                                          const Options& options);
  virtual ~Controller() = default;

  // For services that stand beside the core. Lives as long as the controller.
  virtual RequestHost& host() = 0;

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
  // Part of a report that was asked for. Never blocks.
  virtual void OnReport(const std::string& node, const quartet::replication::v1::ReportPart& part) = 0;
  // How to ask nodes something. Set it once, before requests come; it is used until Stop, and never under a lock that the
  // calls above take. What it returns collects what they report; it lives as long as the controller.
  virtual NodeReports& set_nodes(replication::NodeRequests& nodes) = 0;

  // Starts the thread that scrubs this controller's replica. What it returns is for the feed, lives as long as the
  // controller, and has that thread look at what it is told of. Once, before requests come; until Stop.
  virtual replication::ZoneGuard& StartInspection(const replication::Scrubber::Options& scrub) = 0;

  // While what it returns lives, no entry that is in the log now, or comes, is trimmed: for who reads on in it (a
  // backup).
  virtual std::shared_ptr<void> HoldLog() = 0;

  // No more changes are taken; those in flight end. Then the sequencer's thread is gone. Idempotent.
  virtual void Stop() = 0;

  // ZoneService.
  virtual absl::StatusOr<admin::v1::CreateZoneResponse> CreateZone(
      const Caller& caller, const admin::v1::CreateZoneRequest& request) = 0;
  // Blocks until the import has ended: for a thread of its own, of low priority. At most eight at once are taken.
  virtual absl::StatusOr<admin::v1::ImportResult> ImportZone(const Caller& caller, ImportStream& stream) = 0;
  virtual absl::StatusOr<admin::v1::Change> UpdateZone(const Caller& caller,
                                                       const admin::v1::UpdateZoneRequest& request) = 0;
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
  virtual absl::StatusOr<admin::v1::RecordSetPreview> PreviewRecordSets(
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

  // VerifyService. Blocks until all is told; `tell` is false if nobody listens any more, and `given_up` is asked whether
  // that is so. CANCELLED: it was.
  virtual absl::Status Verify(const Caller& caller, const admin::v1::VerifyRequest& request,
                              const std::function<bool(const admin::v1::VerifyResponse&)>& tell,
                              const std::function<bool()>& given_up) = 0;

  // Notes durably that the restored state is the truth (BackupService.ConfirmRestore); from then on changes are taken.
  // FAILED_PRECONDITION: it was not restored, or is confirmed already. Not to be called twice at once.
  virtual absl::Status ConfirmRestore(const Caller& caller) = 0;

  // StatusService.
  virtual admin::v1::Status GetStatus() = 0;
};

}  // namespace quartet::controller
