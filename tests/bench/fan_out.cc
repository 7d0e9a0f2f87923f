// fan_out: what a change costs on the controller, with more and more nodes of which it concerns four.
//
// The core of a controller and its publisher, without gRPC: nodes are streams that take what they are sent and
// acknowledge at once, which is the controller's work too. One change at a time, each awaited until it is INSYNC. The
// clock of the feed stands meanwhile: heartbeats don't depend on changes, and are measured apart.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/core.h"
#include "dns/base/check.h"
#include "replication/base/clock.h"
#include "replication/base/log.h"
#include "replication/feed/publisher.h"
#include "replication/store/rocks_store.h"
#include "tests/client/guarded_main.h"

namespace quartet::tests {
namespace {

namespace v1 = admin::v1;
namespace feed = replication::v1;
using controller::Controller;
using replication::NodeProgress;
using replication::Publisher;
using replication::SessionId;

const controller::Caller kCaller{"quartet://admin/bench"};
const std::string kIncarnation(16, 'i');

int64_t CpuMicros() {
  timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * int64_t{1'000'000} + time.tv_nsec / 1000;
}

class StandingClock : public replication::Clock {
 public:
  int64_t WallMicros() override { return replication::SystemClock().WallMicros(); }
  int64_t MonotonicMicros() override { return now_us_; }
  void Advance(int64_t us) { now_us_ += us; }

 private:
  int64_t now_us_ = 1'000'000;
};

// A controller with so many nodes, each of a nameserver of its own, all up to date.
class Service {
 public:
  Service(const std::string& directory, int nodes) : directory_(directory) {
    std::filesystem::remove_all(directory);
    absl::StatusOr<std::unique_ptr<store::Store>> store = store::OpenRocksStore(directory);
    QUARTET_CHECK(store.ok());
    absl::StatusOr<std::unique_ptr<Controller>> controller = Controller::Open(
        *std::move(store), replication::SystemClock(), replication::SystemRandom(), {"bench", "0"});
    QUARTET_CHECK(controller.ok());
    controller_ = *std::move(controller);
    publisher_ = Publisher::Create(controller_->log(), controller_->replica(), clock_, {});
    controller_->set_on_committed([this](const replication::Position& head, bool) { Committed(head); });
    feeding_ = std::thread([this] { Feed(); });
    for (int i = 0; i < nodes; ++i) AddNameserver(i);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      for (const std::string& nameserver : nameservers_) Connect(nameserver);
    }
    Poke();
  }

  ~Service() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    moved_.notify_all();
    feeding_.join();
    controller_->Stop();
    controller_.reset();
    std::filesystem::remove_all(directory_);
  }

  void MakeZone(int number) {
    v1::CreateZoneRequest request;
    request.set_domain_name(absl::StrCat("z", number, ".test"));
    request.set_zone_file("$TTL 300\nwww A 192.0.2.1\n");
    const auto made = controller_->CreateZone(kCaller, request);
    QUARTET_CHECK(made.ok());
    AwaitInsync(made->change().name());
  }

  void Change(int zone, int number) {
    v1::ChangeRecordSetsRequest request;
    request.set_parent(absl::StrCat("zones/z", zone, ".test"));
    v1::RecordSetChange& change = *request.add_changes();
    change.set_action(v1::RecordSetChange::ACTION_UPSERT);
    v1::RecordSet& record_set = *change.mutable_record_set();
    record_set.set_owner("www");
    record_set.set_type("A");
    record_set.set_ttl(60);
    record_set.add_values(absl::StrCat("198.51.", number / 256 % 256, ".", number % 256));
    const auto made = controller_->ChangeRecordSets(kCaller, request);
    QUARTET_CHECK(made.ok());
    AwaitInsync(made->name());
  }

  // A heartbeat to each node, and each node's acknowledgement.
  void Beat() {
    const std::lock_guard<std::mutex> lock(mutex_);
    clock_.Advance(1'000'000);
    publisher_->Tick();
    Pump();
  }

 private:
  void Committed(const replication::Position& head) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      head_ = head;
      // As the service does: on this thread.
      publisher_->Committed(head);
      dirty_ = true;
    }
    moved_.notify_all();
  }

  void Poke() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      dirty_ = true;
    }
    moved_.notify_all();
  }

  void AwaitInsync(const std::string& change) {
    std::mutex mutex;
    std::condition_variable moved;
    bool looked = false;
    const auto watch = controller_->WatchChange(change, [&] {
      const std::lock_guard<std::mutex> lock(mutex);
      looked = false;
      moved.notify_all();
    });
    QUARTET_CHECK(watch.ok());
    std::unique_lock<std::mutex> lock(mutex);
    for (;;) {
      looked = true;
      lock.unlock();
      v1::GetChangeRequest request;
      request.set_name(change);
      const auto now = controller_->GetChange(request);
      QUARTET_CHECK(now.ok());
      lock.lock();
      if (now->state() == v1::Change::STATE_INSYNC) return;
      moved.wait(lock, [&] { return !looked; });
    }
  }

  void Feed() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      moved_.wait(lock, [&] { return stopping_ || dirty_; });
      if (stopping_) return;
      dirty_ = false;
      Pump();
      std::vector<NodeProgress> progress = std::exchange(progress_, {});
      lock.unlock();
      if (!progress.empty()) controller_->OnProgress(progress);
      lock.lock();
    }
  }

  // Nodes take what they are sent and acknowledge it, until nothing more is sent. Needs the lock.
  void Pump() {
    for (bool more = true; more;) {
      more = false;
      Publisher::Output output = publisher_->Take();
      for (const Publisher::Output::Message& message : output.messages) {
        const auto node = nodes_.find(message.session);
        if (node == nodes_.end()) continue;
        node->second.received += message.message.size();
        more = Answer(message) || more;
      }
      for (NodeProgress& moved : output.progress) progress_.push_back(std::move(moved));
      while (std::unique_ptr<Publisher::Turn> turn = publisher_->TakeTurn()) {
        turn->Run();
        publisher_->EndTurn(std::move(turn));
        more = true;
      }
    }
  }

  bool Answer(const Publisher::Output::Message& message) {
    Node& node = nodes_.at(message.session);
    feed::SubscribeRequest request;
    if (!node.settled) {
      const feed::SubscribeResponse response = message.message.Parse();
      if (!response.has_inventory_part() || !response.inventory_part().last()) return false;
      node.settled = true;
      node.settled_at = response.inventory_part().as_of().index();
    }
    feed::Acknowledgement& acknowledgement = *request.mutable_acknowledgement();
    acknowledgement.set_incarnation(kIncarnation);
    acknowledgement.set_epoch(head_.epoch);
    acknowledgement.set_index(std::max(head_.index, node.settled_at));
    QUARTET_CHECK(publisher_->Receive(message.session, request).ok());
    if (node.received < (1 << 20)) return true;
    feed::SubscribeRequest credit;
    credit.mutable_credit()->set_span_bytes(std::exchange(node.received, 0));
    QUARTET_CHECK(publisher_->Receive(message.session, credit).ok());
    return true;
  }

  void AddNameserver(int number) {
    const std::string stripe(1, static_cast<char>('a' + number % 4));
    const std::string id = absl::StrCat("ns-", stripe, number / 4);
    v1::CreateNameserverRequest request;
    v1::Nameserver& nameserver = *request.mutable_nameserver();
    if (number < 4) {
      v1::SetStripeDomainRequest domain;
      domain.set_name("stripes/" + stripe);
      domain.set_domain(absl::StrCat("quartet-", stripe, ".test"));
      QUARTET_CHECK(controller_->SetStripeDomain(kCaller, domain).ok());
    }
    nameserver.set_name("nameservers/" + id);
    nameserver.set_stripe(stripe);
    nameserver.set_slot(number / 4);
    nameserver.set_region("region-" + stripe);
    nameserver.add_addresses(absl::StrCat("127.", number % 4, ".", number / 1024, ".", number / 4 % 256));
    QUARTET_CHECK(controller_->CreateNameserver(kCaller, request).ok());
    v1::CreateNodeRequest node;
    node.set_name(absl::StrCat("nodes/", id, "-a"));
    node.set_nameserver("nameservers/" + id);
    QUARTET_CHECK(controller_->CreateNode(kCaller, node).ok());
    nameservers_.push_back(id);
  }

  // Needs the lock.
  void Connect(const std::string& nameserver) {
    const absl::StatusOr<SessionId> session = publisher_->Open(nameserver + "-a", nameserver);
    QUARTET_CHECK(session.ok());
    nodes_[*session];
    feed::SubscribeRequest request;
    request.mutable_hello()->set_incarnation(kIncarnation);
    request.mutable_hello()->set_format(1);
    request.mutable_hello()->set_span_credit(16 << 20);
    request.mutable_hello()->set_snapshot_credit(16 << 20);
    QUARTET_CHECK(publisher_->Receive(*session, request).ok());
  }

  struct Node {
    bool settled = false;
    uint64_t settled_at = 0;
    uint64_t received = 0;
  };

  const std::string directory_;
  StandingClock clock_;
  std::unique_ptr<Controller> controller_;
  std::mutex mutex_;
  std::condition_variable moved_;
  // Guarded by mutex_.
  std::unique_ptr<Publisher> publisher_;
  std::unordered_map<SessionId, Node> nodes_;
  std::vector<NodeProgress> progress_;
  replication::Position head_;
  bool dirty_ = false;
  bool stopping_ = false;
  std::vector<std::string> nameservers_;
  std::thread feeding_;
};

struct Options {
  std::string directory = "/tmp/quartet-fan-out";
  std::vector<int> nodes = {8, 64, 512};
  int zones = 64;
  int changes = 2000;
  int heartbeats = 20;
};

double Measure(const Options& options, int nodes, double first) {
  Service service(options.directory, nodes);
  for (int i = 0; i < options.zones; ++i) service.MakeZone(i);
  const int64_t before = CpuMicros();
  for (int i = 0; i < options.changes; ++i) service.Change(i % options.zones, i);
  const int64_t after = CpuMicros();
  for (int i = 0; i < options.heartbeats; ++i) service.Beat();
  const int64_t end = CpuMicros();
  const double change = static_cast<double>(after - before) / options.changes;
  std::printf("%5d nodes: %6.1f us of CPU a change (%.2f of the first); %5.1f us a heartbeat\n", nodes,
              change, first > 0 ? change / first : 1.0,
              static_cast<double>(end - after) / options.heartbeats / nodes);
  std::fflush(stdout);
  return change;
}

int Main(int argc, char** argv) {
  CLI::App app("Measures what a change costs on the controller, by the number of its nodes.");
  Options options;
  app.add_option("--directory", options.directory, "Of its database; emptied first")->capture_default_str();
  app.add_option("--nodes", options.nodes, "Numbers of nodes to measure with")->capture_default_str();
  app.add_option("--zones", options.zones, "Zones, each on four of the nodes")->capture_default_str();
  app.add_option("--changes", options.changes)->capture_default_str();
  app.add_option("--heartbeats", options.heartbeats, "Of each node")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  log::SetLevel(log::Level::kWarning);
  double first = 0;
  for (const int nodes : options.nodes) {
    const double change = Measure(options, nodes, first);
    if (first == 0) first = change;
  }
  return 0;
}

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) { return quartet::tests::GuardedMain(quartet::tests::Main, argc, argv); }
