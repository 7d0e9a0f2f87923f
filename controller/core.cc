#include "controller/core.h"

#include <google/protobuf/util/time_util.h>
#include <openssl/sha.h>

#include <mutex>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "controller/assignment/usage.h"
#include "controller/roster/insync_driver.h"
#include "controller/roster/insync_plan.h"
#include "controller/roster/roster.h"
#include "controller/roster/roster_messages.h"
#include "controller/roster/roster_plans.h"
#include "controller/sequencer/ids.h"
#include "controller/sequencer/sequencer_thread.h"
#include "controller/zones/faults.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_import.h"
#include "controller/zones/zone_plans.h"
#include "controller/zones/zone_queries.h"
#include "dns/name/name.h"
#include "replication/entry/entry.h"
#include "replication/log/embedded_log.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using google::protobuf::util::TimeUtil;
using replication::FullView;

constexpr size_t kMaxRequestId = 64;
constexpr size_t kMaxAccount = 255;
constexpr size_t kMaxComment = 4096;

// "zones/x" -> "x" of a collection; INVALID_ARGUMENT if it is none of it.
absl::StatusOr<std::string> IdIn(absl::string_view collection, absl::string_view name) {
  if (!absl::ConsumePrefix(&name, collection) || name.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("a name here begins with \"", collection, "\""));
  }
  return std::string(name);
}

absl::StatusOr<dns::Name> ReadDomain(absl::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("the domain name is missing");
  absl::StatusOr<dns::Name> name = dns::Name::Parse(text);
  if (!name.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text.substr(0, 300), "\": ", name.status().message()));
  }
  return name;
}

// The same body of the same call has the same hash.
std::string HashOf(absl::string_view call, const google::protobuf::Message& request) {
  const std::string body = absl::StrCat(call, "\n", request.SerializeAsString());
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(body.data()), body.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

template <typename Request>
absl::StatusOr<Proposal> MakeProposal(const Caller& caller, absl::string_view account, absl::string_view call,
                                      const Request& request, PlanFn plan) {
  Proposal proposal;
  proposal.account = std::string(account);
  proposal.principal = caller.principal;
  if constexpr (requires { request.request_id(); }) {
    if (request.request_id().size() > kMaxRequestId) {
      return absl::InvalidArgumentError(absl::StrCat("request_id is over ", kMaxRequestId, " bytes"));
    }
    proposal.request_id = request.request_id();
    proposal.request_hash = HashOf(call, request);
  }
  proposal.plan = std::move(plan);
  proposal.bytes = request.ByteSizeLong();
  return proposal;
}

class Core : public Controller {
 public:
  Core(std::unique_ptr<store::Store> store, std::unique_ptr<replication::Log> log, const Options& options,
       int64_t start_us)
      : options_(options), start_us_(start_us), store_(std::move(store)), log_(std::move(log)) {}
  ~Core() override { Stop(); }

  absl::Status Start(replication::Clock& clock, replication::Random& random) {
    absl::StatusOr<std::unique_ptr<Sequencer>> sequencer =
        Sequencer::Open(*log_, *store_, clock, random, {.controller = options_.name});
    if (!sequencer.ok()) return sequencer.status();
    if (absl::Status status = usage_.Load(*store_); !status.ok()) return status;
    absl::StatusOr<std::unique_ptr<InsyncDriver>> driver = InsyncDriver::Open(*store_, (*sequencer)->head());
    if (!driver.ok()) return driver.status();
    driver_ = *std::move(driver);
    // What opening committed is in the replica, and was read just now.
    (*sequencer)->Flush();
    driver_->set_propose([this](Proposal proposal, Sequencer::Done done) {
      thread_->ProposeAsync(std::move(proposal), std::move(done));
    });
    const std::lock_guard<std::mutex> lock(starting_);
    thread_ = std::make_unique<SequencerThread>(
        *std::move(sequencer),
        [this](const std::vector<Sequencer::Committed>& entries) { Committed(entries); },
        SequencerThread::Options());
    return absl::OkStatus();
  }

  const replication::Log& log() const override { return *log_; }
  const store::Store& replica() const override { return *store_; }

  void set_on_committed(CommittedFn committed) override {
    const std::lock_guard<std::mutex> lock(committed_mutex_);
    committed_ = std::move(committed);
    committed_(thread_->state().head, true);
  }

  void OnProgress(const std::vector<replication::NodeProgress>& progress) override {
    driver_->OnProgress(progress);
  }

  void Stop() override {
    if (thread_ != nullptr) thread_->Stop();
  }

  absl::StatusOr<admin::v1::CreateZoneResponse> CreateZone(
      const Caller& caller, const admin::v1::CreateZoneRequest& request) override {
    if (request.account().size() > kMaxAccount)
      return absl::InvalidArgumentError("the account's name is too long");
    if (request.comment().size() > kMaxComment) {
      return absl::InvalidArgumentError(absl::StrCat("the comment is over ", kMaxComment, " bytes"));
    }
    absl::StatusOr<dns::Name> name = ReadDomain(request.domain_name());
    if (!name.ok()) return name.status();
    admin::v1::CreateZoneResponse response;
    FaultList faults;
    CheckZoneName(*name, faults);
    NewZone zone{*name, request.account(), request.comment(), {}, request.zone_file_name()};
    if (faults.empty()) {
      zone.record_sets = ImportZoneFile(request.zone_file(), request.zone_file_name(), *name, faults,
                                        *response.mutable_warnings());
    }
    if (!faults.empty()) return faults.ToStatus();
    if (const size_t bytes = EntryBytes(zone.record_sets); bytes > replication::kMaxEntryBytes) {
      return absl::ResourceExhaustedError(absl::StrCat("the zone file is too large: its record sets take ",
                                                       bytes, " bytes, and a zone is made by one entry of ",
                                                       replication::kMaxEntryBytes, " bytes at most"));
    }
    absl::StatusOr<Outcome> outcome = Propose(MakeProposal(
        caller, request.account(), "CreateZone", request,
        [this, zone = std::move(zone)](const PlanContext& context) {
          return PlanNewZone(context, zone, [this](const std::string& id) { return usage_.ZonesOf(id); });
        }));
    if (!outcome.ok()) return outcome.status();
    absl::StatusOr<admin::v1::Zone> made = GetZoneById(outcome->zone_id);
    if (!made.ok()) return made.status();
    absl::StatusOr<admin::v1::Change> change = ChangeById(outcome->change_id);
    if (!change.ok()) return change.status();
    *response.mutable_zone() = *std::move(made);
    *response.mutable_change() = *std::move(change);
    return response;
  }

  absl::StatusOr<admin::v1::Zone> GetZone(const admin::v1::GetZoneRequest& request) override {
    const std::unique_ptr<store::Reader> reader = store_->Snapshot();
    absl::StatusOr<stored::v1::ZoneRow> row = FindActiveZone(*reader, request.name());
    if (!row.ok()) return row.status();
    absl::StatusOr<Roster> roster = ReadRoster(*reader);
    if (!roster.ok()) return roster.status();
    return ZoneMessage(*row, *roster);
  }

  absl::StatusOr<admin::v1::ListZonesResponse> ListZones(
      const admin::v1::ListZonesRequest& request) override {
    return controller::ListZones(*store_->Snapshot(), request);
  }

  absl::StatusOr<admin::v1::Change> DeleteZone(const Caller& caller,
                                               const admin::v1::DeleteZoneRequest& request) override {
    absl::StatusOr<stored::v1::ZoneRow> row = FindZone(*store_->Snapshot(), request.name());
    if (!row.ok()) return row.status();
    return ProposeChange(MakeProposal(caller, row->account(), "DeleteZone", request,
                                      [id = row->id(), force = request.force()](const PlanContext& context) {
                                        return PlanZoneDeletion(context, id, force);
                                      }));
  }

  absl::StatusOr<admin::v1::ListRecordSetsResponse> ListRecordSets(
      const admin::v1::ListRecordSetsRequest& request) override {
    return controller::ListRecordSets(*store_->Snapshot(), request);
  }

  absl::StatusOr<admin::v1::Change> ChangeRecordSets(
      const Caller& caller, const admin::v1::ChangeRecordSetsRequest& request) override {
    absl::StatusOr<stored::v1::ZoneRow> row = FindZone(*store_->Snapshot(), request.parent());
    if (!row.ok()) return row.status();
    absl::StatusOr<dns::Name> apex = ApexOf(*row);
    if (!apex.ok()) return apex.status();
    if (request.changes().empty()) return absl::InvalidArgumentError("the batch is empty");
    FaultList faults;
    std::vector<RecordSetEdit> edits = ReadChanges(request.changes(), *apex, faults);
    if (!faults.empty()) return faults.ToStatus();
    return ProposeChange(MakeProposal(caller, row->account(), "ChangeRecordSets", request,
                                      [id = row->id(), edits = std::move(edits)](const PlanContext& context) {
                                        return PlanChanges(context, id, edits);
                                      }));
  }

  absl::StatusOr<admin::v1::Change> GetChange(const admin::v1::GetChangeRequest& request) override {
    absl::StatusOr<std::string> id = IdIn("changes/", request.name());
    if (!id.ok()) return id.status();
    return ChangeById(*id);
  }

  absl::StatusOr<std::unique_ptr<Watch>> WatchChange(const std::string& name,
                                                     std::function<void()> moved) override {
    absl::StatusOr<std::string> id = IdIn("changes/", name);
    if (!id.ok()) return id.status();
    const std::unique_ptr<store::Reader> reader = store_->Snapshot();
    absl::StatusOr<stored::v1::ChangeRow> row = ChangeRow(*reader, *id);
    if (!row.ok()) return row.status();
    absl::StatusOr<TrackedChange> change = ReadTracked(*reader, *row);
    if (!change.ok()) return change.status();
    return driver_->watches().AddChange(*change, std::move(moved));
  }

  absl::StatusOr<admin::v1::Stripe> SetStripeDomain(
      const Caller& caller, const admin::v1::SetStripeDomainRequest& request) override {
    absl::StatusOr<std::string> id = IdIn("stripes/", request.name());
    if (!id.ok()) return id.status();
    absl::StatusOr<dns::Name> domain = ReadDomain(request.domain());
    if (!domain.ok()) return domain.status();
    absl::StatusOr<Outcome> outcome = Propose(MakeProposal(
        caller, "", "SetStripeDomain", request, [stripe = *id, name = *domain](const PlanContext& context) {
          return PlanStripeDomain(context, stripe, name);
        }));
    if (!outcome.ok()) return outcome.status();
    absl::StatusOr<Roster> roster = ReadRoster(*store_->Snapshot());
    if (!roster.ok()) return roster.status();
    return StripeMessage(roster->stripes[*id].row);
  }

  absl::StatusOr<admin::v1::ListStripesResponse> ListStripes() override {
    absl::StatusOr<Roster> roster = ReadRoster(*store_->Snapshot());
    if (!roster.ok()) return roster.status();
    admin::v1::ListStripesResponse response;
    for (const auto& [id, stripe] : roster->stripes) *response.add_stripes() = StripeMessage(stripe.row);
    return response;
  }

  absl::StatusOr<admin::v1::Nameserver> CreateNameserver(
      const Caller& caller, const admin::v1::CreateNameserverRequest& request) override {
    const admin::v1::Nameserver& asked = request.nameserver();
    absl::StatusOr<std::string> id = IdIn("nameservers/", asked.name());
    if (!id.ok()) return id.status();
    NewNameserver wanted{*id, asked.stripe(), asked.slot(), asked.region(), {}};
    for (const std::string& text : asked.addresses()) {
      absl::StatusOr<std::string> address = ParseAddress(text);
      if (!address.ok()) return address.status();
      wanted.addresses.push_back(*std::move(address));
    }
    if (absl::Status status = CheckNewNameserver(wanted); !status.ok()) return status;
    absl::StatusOr<Outcome> outcome =
        Propose(MakeProposal(caller, "", "CreateNameserver", request, [wanted](const PlanContext& context) {
          return PlanNameserver(context, wanted);
        }));
    if (!outcome.ok()) return outcome.status();
    absl::StatusOr<Roster> roster = ReadRoster(*store_->Snapshot());
    if (!roster.ok()) return roster.status();
    return NameserverMessage(roster->nameservers[*id].row, 0);
  }

  absl::StatusOr<admin::v1::ListNameserversResponse> ListNameservers() override {
    absl::StatusOr<Roster> roster = ReadRoster(*store_->Snapshot());
    if (!roster.ok()) return roster.status();
    std::map<std::pair<std::string, uint32_t>, const stored::v1::NameserverRow*> ordered;
    for (const auto& [id, nameserver] : roster->nameservers) {
      ordered[{nameserver.row.stripe(), nameserver.row.slot()}] = &nameserver.row;
    }
    admin::v1::ListNameserversResponse response;
    for (const auto& [place, row] : ordered) {
      *response.add_nameservers() = NameserverMessage(*row, usage_.ZonesOf(row->id()));
    }
    return response;
  }

  absl::StatusOr<admin::v1::Node> CreateNode(const Caller& caller,
                                             const admin::v1::CreateNodeRequest& request) override {
    absl::StatusOr<std::string> id = IdIn("nodes/", request.name());
    if (!id.ok()) return id.status();
    absl::StatusOr<std::string> nameserver = IdIn("nameservers/", request.nameserver());
    if (!nameserver.ok()) return nameserver.status();
    if (absl::Status status = CheckNodeId(*id); !status.ok()) return status;
    return ProposeNode(*id, MakeProposal(caller, "", "CreateNode", request,
                                         [node = *id, of = *nameserver](const PlanContext& context) {
                                           return PlanNode(context, node, of);
                                         }));
  }

  absl::StatusOr<admin::v1::ListNodesResponse> ListNodes() override {
    absl::StatusOr<Roster> roster = ReadRoster(*store_->Snapshot());
    if (!roster.ok()) return roster.status();
    const uint64_t head = thread_->state().head.index;
    admin::v1::ListNodesResponse response;
    for (const auto& [id, node] : roster->nodes) *response.add_nodes() = driver_->Describe(node.row, head);
    return response;
  }

  std::unique_ptr<Watch> WatchNodes(std::function<void()> moved) override {
    return driver_->watches().AddNodes(std::move(moved));
  }

  absl::StatusOr<admin::v1::Node> DrainNode(const Caller& caller,
                                            const admin::v1::DrainNodeRequest& request) override {
    absl::StatusOr<std::string> id = IdIn("nodes/", request.name());
    if (!id.ok()) return id.status();
    return ProposeNode(*id,
                       MakeProposal(caller, "", "DrainNode", request,
                                    [this, node = *id](const PlanContext& context) -> absl::StatusOr<Plan> {
                                      absl::StatusOr<Plan> plan = PlanDrain(context, node);
                                      if (!plan.ok() || plan->entry.effects().empty()) return plan;
                                      if (driver_->IsConnected(node)) return plan;
                                      return absl::FailedPreconditionError(
                                          absl::StrCat("node ", node,
                                                       " is not connected, so it can't confirm that its "
                                                       "sockets are closed"));
                                    }));
  }

  admin::v1::Status GetStatus() override {
    const SequencerThread::State state = thread_->state();
    admin::v1::Status status;
    status.set_version(options_.version);
    status.set_controller(options_.name);
    *status.mutable_start_time() = TimeUtil::MicrosecondsToTimestamp(start_us_);
    status.set_epoch(state.head.epoch);
    status.set_term(state.term);
    status.set_index(state.head.index);
    status.set_read_only_reason(state.read_only_reason);
    status.set_zones(usage_.zones());
    status.set_nodes_connected(driver_->nodes_connected());
    status.set_pending_changes(driver_->pending_changes());
    if (absl::StatusOr<Roster> roster = ReadRoster(*store_->Snapshot()); roster.ok()) {
      status.set_nameservers(roster->nameservers.size());
      status.set_nodes(roster->nodes.size());
    }
    return status;
  }

 private:
  // On the sequencer's thread.
  void Committed(const std::vector<Sequencer::Committed>& entries) {
    bool roster_changed = false;
    for (const Sequencer::Committed& committed : entries) {
      usage_.Committed(committed.entry);
      roster_changed = roster_changed || ChangesRoster(committed.entry);
    }
    if (!entries.empty()) {
      const std::lock_guard<std::mutex> lock(committed_mutex_);
      if (committed_) committed_(entries.back().position, roster_changed);
    }
    // The thread may be younger than the pointer to it.
    { const std::lock_guard<std::mutex> lock(starting_); }
    driver_->Committed(entries);
  }

  absl::StatusOr<Outcome> Propose(absl::StatusOr<Proposal> proposal) {
    if (!proposal.ok()) return proposal.status();
    return thread_->Propose(*std::move(proposal));
  }

  absl::StatusOr<admin::v1::Change> ProposeChange(absl::StatusOr<Proposal> proposal) {
    absl::StatusOr<Outcome> outcome = Propose(std::move(proposal));
    if (!outcome.ok()) return outcome.status();
    return ChangeById(outcome->change_id);
  }

  absl::StatusOr<admin::v1::Node> ProposeNode(const std::string& id, absl::StatusOr<Proposal> proposal) {
    absl::StatusOr<Outcome> outcome = Propose(std::move(proposal));
    if (!outcome.ok()) return outcome.status();
    absl::StatusOr<Roster> roster = ReadRoster(*store_->Snapshot());
    if (!roster.ok()) return roster.status();
    return driver_->Describe(roster->nodes[id].row, thread_->state().head.index);
  }

  absl::StatusOr<stored::v1::ChangeRow> ChangeRow(const store::Reader& reader, const std::string& id) const {
    if (!IsChangeId(id)) return absl::NotFoundError(absl::StrCat("there is no change ", id.substr(0, 64)));
    absl::StatusOr<std::optional<stored::v1::ChangeRow>> row = FullView(reader).Change(id);
    if (!row.ok()) return row.status();
    if (!row->has_value()) return absl::NotFoundError(absl::StrCat("there is no change ", id));
    return **std::move(row);
  }

  absl::StatusOr<admin::v1::Change> ChangeById(const std::string& id) const {
    const std::unique_ptr<store::Reader> reader = store_->Snapshot();
    absl::StatusOr<stored::v1::ChangeRow> row = ChangeRow(*reader, id);
    if (!row.ok()) return row.status();
    absl::StatusOr<TrackedChange> change = ReadTracked(*reader, *row);
    if (!change.ok()) return change.status();
    return driver_->Describe(*row, *change);
  }

  absl::StatusOr<admin::v1::Zone> GetZoneById(const std::string& id) const {
    const std::unique_ptr<store::Reader> reader = store_->Snapshot();
    absl::StatusOr<stored::v1::ZoneRow> row = FindZone(*reader, absl::StrCat("zones/", id));
    if (!row.ok()) return row.status();
    absl::StatusOr<Roster> roster = ReadRoster(*reader);
    if (!roster.ok()) return roster.status();
    return ZoneMessage(*row, *roster);
  }

  const Options options_;
  const int64_t start_us_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<replication::Log> log_;
  Usage usage_;
  std::unique_ptr<InsyncDriver> driver_;
  std::mutex committed_mutex_;
  CommittedFn committed_;
  std::mutex starting_;
  // Last: its thread uses all of the above.
  std::unique_ptr<SequencerThread> thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Controller>> Controller::Open(std::unique_ptr<store::Store> store,
                                                             replication::Clock& clock,
                                                             replication::Random& random,
                                                             const Options& options) {
  const uint64_t seconds = static_cast<uint64_t>(clock.WallMicros()) / 1'000'000;
  absl::StatusOr<std::unique_ptr<replication::Log>> log =
      replication::OpenEmbeddedLog(*store, replication::MakeEpoch(seconds, random.Next() & 0xffffff));
  if (!log.ok()) return log.status();
  auto core = std::make_unique<Core>(std::move(store), *std::move(log), options, clock.WallMicros());
  if (absl::Status status = core->Start(clock, random); !status.ok()) return status;
  return core;
}

}  // namespace quartet::controller
