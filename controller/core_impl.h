// The core itself: what Controller::Open makes. Its definitions are in core.cc (start, commits, changes,
// status), core_zones.cc and core_roster.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "controller/assignment/usage.h"
#include "controller/commit_watches.h"
#include "controller/core.h"
#include "controller/imports/importer.h"
#include "controller/inspection/inspector.h"
#include "controller/inspection/quarantine.h"
#include "controller/reports/node_reports.h"
#include "controller/request_host.h"
#include "controller/roster/insync_driver.h"
#include "controller/roster/node_healths.h"
#include "controller/roster/roster.h"
#include "controller/sequencer/sequencer_thread.h"
#include "controller/trimming/log_trimmer.h"
#include "quartet/stored/v1/zone.pb.h"

namespace quartet::controller {

class Core : public Controller, private RequestHost {
 public:
  Core(std::unique_ptr<store::Store> store, std::unique_ptr<replication::Log> log, const Options& options,
       replication::Clock& clock)
      : options_(options),
        clock_(clock),
        start_us_(clock.WallMicros()),
        store_(std::move(store)),
        log_(std::move(log)) {}
  ~Core() override { Core::Stop(); }

  absl::Status Start(replication::Random& random);

  RequestHost& host() override { return *this; }
  const replication::Log& log() const override { return *log_; }
  const store::Store& replica() const override { return *store_; }

  void set_on_committed(CommittedFn committed) override;

  void OnProgress(const std::vector<replication::NodeProgress>& progress) override;
  void OnHealth(const std::string& node, const quartet::replication::v1::Health& health) override;
  void OnReport(const std::string& node, const quartet::replication::v1::ReportPart& part) override;
  NodeReports& set_nodes(replication::NodeRequests& nodes) override;
  replication::ZoneGuard& StartInspection(const replication::Scrubber::Options& scrub) override;

  std::shared_ptr<void> HoldLog() override { return trimmer_->Hold(); }

  void Stop() override;

  absl::StatusOr<admin::v1::CreateZoneResponse> CreateZone(
      const Caller& caller, const admin::v1::CreateZoneRequest& request) override;
  absl::StatusOr<admin::v1::ImportResult> ImportZone(const Caller& caller, ImportStream& stream) override;
  absl::StatusOr<admin::v1::Change> UpdateZone(const Caller& caller,
                                               const admin::v1::UpdateZoneRequest& request) override;
  absl::StatusOr<admin::v1::Zone> GetZone(const admin::v1::GetZoneRequest& request) override;
  absl::StatusOr<admin::v1::ListZonesResponse> ListZones(const admin::v1::ListZonesRequest& request) override;
  absl::StatusOr<admin::v1::Change> DeleteZone(const Caller& caller,
                                               const admin::v1::DeleteZoneRequest& request) override;
  absl::StatusOr<admin::v1::ListRecordSetsResponse> ListRecordSets(
      const admin::v1::ListRecordSetsRequest& request) override;
  absl::StatusOr<admin::v1::Change> ChangeRecordSets(
      const Caller& caller, const admin::v1::ChangeRecordSetsRequest& request) override;
  absl::StatusOr<admin::v1::RecordSetPreview> PreviewRecordSets(
      const Caller& caller, const admin::v1::ChangeRecordSetsRequest& request) override;
  absl::StatusOr<admin::v1::Change> GetChange(const admin::v1::GetChangeRequest& request) override;
  absl::StatusOr<std::unique_ptr<Watch>> WatchChange(const std::string& name,
                                                     std::function<void()> moved) override;
  absl::StatusOr<admin::v1::Stripe> SetStripeDomain(
      const Caller& caller, const admin::v1::SetStripeDomainRequest& request) override;
  absl::StatusOr<admin::v1::ListStripesResponse> ListStripes() override;
  absl::StatusOr<admin::v1::Nameserver> CreateNameserver(
      const Caller& caller, const admin::v1::CreateNameserverRequest& request) override;
  absl::StatusOr<admin::v1::ListNameserversResponse> ListNameservers() override;
  absl::StatusOr<admin::v1::Node> CreateNode(const Caller& caller,
                                             const admin::v1::CreateNodeRequest& request) override;
  absl::StatusOr<admin::v1::ListNodesResponse> ListNodes() override;
  std::unique_ptr<Watch> WatchNodes(std::function<void()> moved) override;
  absl::StatusOr<admin::v1::Node> DrainNode(const Caller& caller,
                                            const admin::v1::DrainNodeRequest& request) override;
  absl::StatusOr<admin::v1::Node> GetNode(const admin::v1::GetNodeRequest& request) override;
  absl::StatusOr<admin::v1::AllowRepairResponse> AllowRepair(
      const Caller& caller, const admin::v1::AllowRepairRequest& request) override;

  absl::Status Verify(const Caller& caller, const admin::v1::VerifyRequest& request,
                      const std::function<bool(const admin::v1::VerifyResponse&)>& tell,
                      const std::function<bool()>& given_up) override;
  absl::Status ConfirmRestore(const Caller& caller) override;
  admin::v1::Status GetStatus() override;

 private:
  // What parts beside the core need; replica and WatchNodes are above.
  void ProposeAsync(Proposal proposal, Sequencer::Done done) override;
  uint64_t ZonesOf(const std::string& nameserver) const override { return usage_.ZonesOf(nameserver); }
  std::vector<NodePlace> Connected(const std::vector<std::string>& nameservers) const override;
  absl::StatusOr<admin::v1::Change> ChangeOf(const Outcome& outcome) const override;
  absl::Status CheckSound(const std::string& zone_id, const dns::Name& apex) const override;
  absl::StatusOr<bool> IsServed(const store::Reader& view, const std::string& nameserver,
                                const std::string& zone_id, uint64_t index, uint64_t revision) const override;
  uint64_t ZonesOfSet(const std::string& delegation_set) const override {
    return usage_.ZonesOfSet(delegation_set);
  }
  std::unique_ptr<Watch> WatchCommits(CommitWatches::Fn committed) override;
  absl::StatusOr<ZoneImporter*> Importer();

  // A batch that was read, and what is wrong with its form.
  struct Batch;
  absl::StatusOr<Batch> ReadBatch(const admin::v1::ChangeRecordSetsRequest& request) const;
  // `warnings` is added to.
  absl::StatusOr<Plan> PlanBatch(const PlanContext& context, const Batch& batch,
                                 google::protobuf::RepeatedPtrField<admin::v1::Fault>& warnings) const;

  // On the sequencer's thread.
  void Committed(const std::vector<Sequencer::Committed>& entries);
  absl::StatusOr<Outcome> Propose(absl::StatusOr<Proposal> proposal);
  absl::StatusOr<admin::v1::Change> ProposeChange(const std::string& zone_id,
                                                  absl::StatusOr<Proposal> proposal);
  absl::StatusOr<admin::v1::Node> ProposeNode(const std::string& id, absl::StatusOr<Proposal> proposal);
  admin::v1::Node NodeOf(const stored::v1::NodeRow& row) const;
  // Alarms of all nodes that are not drained.
  void AddNodeAlarms(const Roster& roster, admin::v1::Status& status) const;
  // Zones that are quarantined, and the scrub of this replica.
  void AddInspection(const store::Reader& reader, admin::v1::Status& status) const;
  // Plans remember nothing of what they read before.
  absl::Status ReadAnew();
  // Zones in quarantine that an entry is about may have been made right by it.
  void LookAgain(const stored::v1::Entry& entry);
  absl::StatusOr<stored::v1::ChangeRow> ChangeRow(const store::Reader& reader, const std::string& id) const;
  absl::StatusOr<admin::v1::Change> ChangeById(const std::string& id) const;
  absl::StatusOr<admin::v1::Zone> GetZoneById(const std::string& id) const;

  const Options options_;
  replication::Clock& clock_;
  const int64_t start_us_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<replication::Log> log_;
  Usage usage_;
  std::unique_ptr<InsyncDriver> driver_;
  NodeHealths healths_;
  std::unique_ptr<LogTrimmer> trimmer_;
  std::unique_ptr<Quarantine> quarantine_;
  // nullptr before StartInspection.
  std::unique_ptr<Inspector> inspector_;
  // Both nullptr before set_nodes.
  replication::NodeRequests* nodes_ = nullptr;
  std::unique_ptr<NodeReports> reports_;
  // Held by the verification that is under way.
  std::mutex verifying_;
  CommitWatches commit_watches_;
  std::mutex committed_mutex_;
  CommittedFn committed_;
  std::mutex importer_mutex_;
  // Made when it is first needed.
  std::unique_ptr<ZoneImporter> importer_;
  std::mutex starting_;
  // Last: its thread uses all of the above.
  std::unique_ptr<SequencerThread> thread_;
};

}  // namespace quartet::controller
