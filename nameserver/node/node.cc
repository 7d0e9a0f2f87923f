#include "nameserver/node/node.h"

#include <pthread.h>

#include <chrono>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nameserver/metrics/process_sizes.h"
#include "nameserver/metrics/residency_metrics.h"
#include "nameserver/metrics/serve_metrics.h"
#include "nameserver/node/inspector.h"
#include "nameserver/serve/directory_responder.h"
#include "proto/transport/credentials.h"
#include "replication/base/clock.h"
#include "replication/base/log.h"
#include "replication/base/readiness.h"
#include "replication/base/version.h"
#include "replication/feed/feed_client.h"

namespace quartet::nameserver {
namespace {

// How often what lasts is looked at; events are handled at once.
constexpr std::chrono::milliseconds kTick{1000};

absl::Status CheckIdentity(const transport::Identity& identity) {
  if (identity.kind == transport::Identity::Kind::kNode) return absl::OkStatus();
  return absl::UnauthenticatedError(
      absl::StrCat("the certificate is of ", identity.ToString(),
                   "; a node needs one of quartet://nameserver/NAMESERVER/node/NODE"));
}

}  // namespace

class Node::Link : public FeedStream {
 public:
  void Prepare(const std::string& controller, const transport::TlsMaterial& tls, FeedInbox& inbox) {
    connect_ = [this, controller, tls, &inbox] { Connect(controller, tls, inbox); };
  }
  // Once, after Prepare.
  void Connect() { connect_(); }
  bool connected() const { return client_ != nullptr; }
  void Disconnect() { client_.reset(); }

  void Send(const Replica::Request& request) override {
    if (client_ != nullptr) client_->Send(request);
  }
  void End() override {
    if (client_ != nullptr) client_->Disconnect();
  }

 private:
  void Connect(const std::string& controller, const transport::TlsMaterial& tls, FeedInbox& inbox) {
    replication::FeedClient::Callbacks callbacks;
    callbacks.on_connected = [&inbox] { inbox.Push(FeedConnected{}); };
    callbacks.on_message = [&inbox](Replica::Response message) { inbox.Push(std::move(message)); };
    callbacks.on_disconnected = [&inbox](absl::Status why) { inbox.Push(FeedDisconnected{std::move(why)}); };
    client_ = std::make_unique<replication::FeedClient>(controller, transport::MakeClientCredentials(tls),
                                                        std::move(callbacks), replication::SystemRandom());
  }

  std::function<void()> connect_;
  std::unique_ptr<replication::FeedClient> client_;
};

class Node::Sockets : public QuerySockets {
 public:
  Sockets(const ServeOptions& options, const Directory& directory, Parking& parking)
      : options_(options), directory_(directory), parking_(parking) {}

  absl::Status Open() override {
    absl::StatusOr<std::unique_ptr<Server>> server =
        Server::Open(options_, AnswerFrom(directory_, options_.identity, &parking_));
    if (!server.ok()) return server.status();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      server_ = *std::move(server);
    }
    LogInfo("answering on {}",
            absl::StrJoin(server_->addresses(), ", ", [](std::string* out, const auto& address) {
              absl::StrAppend(out, address.ToString());
            }));
    replication::NotifyReady();
    return absl::OkStatus();
  }
  void Close() override {
    if (server_ == nullptr) return;
    server_->Close();
    const ServeTotals totals = server_->Totals();
    LogInfo("sockets closed after {} queries, {} answers not sent", totals.queries, totals.send_drops);
    const std::lock_guard<std::mutex> lock(mutex_);
    server_.reset();
  }

  // Zeros while they are closed. Thread-safe.
  ServeTotals Totals() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return server_ == nullptr ? ServeTotals() : server_->Totals();
  }

 private:
  const ServeOptions options_;
  const Directory& directory_;
  Parking& parking_;
  // Of the pointer, which Totals reads on other threads.
  mutable std::mutex mutex_;
  std::unique_ptr<Server> server_;
};

class Node::Watch : public ReplicaWatch {
 public:
  Watch(NodeStore& store, const NodeOptions& options, FeedInbox& inbox, FeedStream& feed)
      : store_(store), data_(options.data), scrub_(options.scrub), inbox_(inbox), feed_(feed) {
    Resume();
  }

  // The store is to be renewed: nothing of it is read any more, until Resume.
  void Pause() { inspector_.reset(); }
  void Resume() {
    inspector_ = std::make_unique<Inspector>(
        store_.store(), replication::SystemClock(), scrub_,
        Inspector::Callbacks{
            .on_findings =
                [this](std::vector<replication::ScrubFinding> findings) {
                  inbox_.Push(ReplicaDamaged{std::move(findings)});
                },
            .on_store_damaged = [this](absl::Status status) { inbox_.Push(StoreDamaged{std::move(status)}); },
            .send = [this](const Replica::Request& request) { feed_.Send(request); }});
  }

  void Ask(const std::vector<replication::v1::Inquiry>& inquiries, bool forget) override {
    if (inspector_ != nullptr) inspector_->Ask(inquiries, forget);
  }
  void AddTo(replication::v1::Health& health) override {
    if (std::string alarm = store_.Alarm(); !alarm.empty()) health.add_alarms(std::move(alarm));
    const replication::ScrubProgress progress =
        inspector_ == nullptr ? replication::ScrubProgress() : inspector_->progress();
    health.set_scrub_end_us(progress.end_us);
    health.set_scrub_damaged(progress.damaged);
    health.set_scrub_zones_done(progress.zones_done);
    health.set_disk_bytes(BytesIn(data_));
    health.set_memory_bytes(ResidentBytes());
  }

 private:
  NodeStore& store_;
  const std::string data_;
  const replication::Scrubber::Options scrub_;
  FeedInbox& inbox_;
  FeedStream& feed_;
  // Null while the store can't be read.
  std::unique_ptr<Inspector> inspector_;
};

absl::StatusOr<std::unique_ptr<Node>> Node::Start(const NodeOptions& options,
                                                  const transport::TlsMaterial& tls,
                                                  std::function<void()> on_failed) {
  absl::Status identity = CheckIdentity(tls.identity);
  if (!identity.ok()) return identity;
  LogInfo("node {} of nameserver {}; data in {}, controller {}", tls.identity.name, tls.identity.nameserver,
          options.data, options.controller);
  absl::StatusOr<std::unique_ptr<NodeStore>> store =
      NodeStore::Open(options.data, replication::SystemClock());
  if (!store.ok()) return store.status();
  std::unique_ptr<Node> node(new Node(*std::move(store), options, std::move(on_failed)));
  absl::Status prepared = node->Prepare(options);
  if (!prepared.ok()) return prepared;
  node->Begin(options, tls);
  return node;
}

Node::Node(std::unique_ptr<NodeStore> store, const NodeOptions& options, std::function<void()> on_failed)
    : store_(std::move(store)),
      on_failed_(std::move(on_failed)),
      loads_(store_->store(), [this] { inbox_.Push(ZonesLoaded{}); }, {.large = BigZones::kRecordSets}),
      parking_(
          directory_,
          [this](absl::string_view zone_id, std::span<const uint8_t> apex) { loads_.Want(zone_id, apex); },
          options.serve.identity),
      link_(std::make_unique<Link>()),
      sockets_(std::make_unique<Sockets>(options.serve, directory_, parking_)) {}

Node::~Node() { Stop(); }

Replica::Parts Node::Parts(size_t memory_budget) {
  const auto settled = [this](const std::string& zone_id, bool readable) {
    parking_.Settled(zone_id, readable);
  };
  return {.store = store_->store(),
          .directory = directory_,
          .clock = replication::SystemClock(),
          .random = replication::SystemRandom(),
          .options = {.version = std::string(replication::kVersion)},
          .built = [this] { inbox_.Push(ZoneBuilt{}); },
          .renew = [this](const absl::Status& why) { return RenewStore(why); },
          .residency = {&loads_, settled, memory_budget != 0},
          .memory_budget = memory_budget};
}

absl::Status Node::Prepare(const NodeOptions& options) {
  absl::StatusOr<std::unique_ptr<Replica>> replica = Replica::Open(Parts(options.memory_budget));
  if (!replica.ok()) return replica.status();
  replica_ = *std::move(replica);
  LogInfo("zones on disk: {}, as of {}{}", replica_->zone_count(), replication::ToString(replica_->cursor()),
          replica_->complete() ? "" : "; to be filled by the controller before the first answer");
  loop_ = std::make_unique<ApplyLoop>(*replica_, *link_, *sockets_, replication::SystemClock());
  return loop_->Start();
}

void Node::Begin(const NodeOptions& options, const transport::TlsMaterial& tls) {
  link_->Prepare(options.controller, tls, inbox_);
  watch_ = std::make_unique<Watch>(*store_, options, inbox_, *link_);
  loop_->set_watch(watch_.get());
  if (replica_->opening()) {
    reader_ = std::thread([this, parts = Parts(0)] {
      inbox_.Push(MachineRead{std::make_shared<Replica::Machine>(Replica::ReadMachine(parts))});
    });
    pthread_setname_np(reader_.native_handle(), "read");
  } else {
    link_->Connect();
  }
  thread_ = std::thread([this] { Run(); });
  pthread_setname_np(thread_.native_handle(), "apply");
}

absl::StatusOr<Replica::Renewed> Node::RenewStore(const absl::Status& why) {
  if (watch_ != nullptr) watch_->Pause();
  absl::StatusOr<Replica::Renewed> renewed = store_->Renew(why);
  if (watch_ != nullptr && renewed.ok()) watch_->Resume();
  return renewed;
}

void Node::Run() {
  std::string said;
  while (!inbox_.stopped()) {
    failure_ = loop_->Handle(inbox_.Wait(loop_->more() ? std::chrono::milliseconds(0) : kTick));
    if (!failure_.ok()) return on_failed_();
    // Not before there is something that could be said to the controller, or a reason why not.
    if (!link_->connected() && loop_->started()) link_->Connect();
    loop_->Tick();
    NoteGauges();
    std::string line = loop_->StatusLine();
    if (line == said) continue;
    replication::NotifyStatus(line);
    said = std::move(line);
  }
}

void Node::NoteGauges() {
  gauges_.zones = replica_->zone_count();
  gauges_.failing = replica_->failing_count();
  gauges_.resident = directory_.resident_count();
  gauges_.resident_bytes = directory_.resident_bytes();
  gauges_.evictions = directory_.evictions();
}

std::vector<transport::Metric> Node::Metrics() const {
  std::vector<transport::Metric> metrics = ServeMetrics(sockets_->Totals());
  AddResidencyMetrics({.zones = gauges_.zones,
                       .failing = gauges_.failing,
                       .resident = gauges_.resident,
                       .resident_bytes = gauges_.resident_bytes,
                       .evictions = gauges_.evictions},
                      metrics);
  AddColdQueryMetrics(parking_.Totals(), loads_.loads(), metrics);
  metrics.push_back(
      transport::Metric::Gauge("quartet_memory_bytes", "Resident memory of this process.", ResidentBytes()));
  return metrics;
}

void Node::Stop() {
  inbox_.Stop();
  if (thread_.joinable()) thread_.join();
  if (reader_.joinable()) reader_.join();
  // It sends on the link.
  watch_.reset();
  link_->Disconnect();
  sockets_->Close();
}

}  // namespace quartet::nameserver
