// change_cost: what a change costs in the controller's core, without gRPC and without nodes.
//
// The core of a controller over a store of its own; callers that change record sets of many zones; nodes that
// acknowledge each group at once. Prints changes per second, CPU time per change of the whole process and of the
// sequencer's thread, and changes per group.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/core.h"
#include "dns/base/check.h"
#include "replication/base/clock.h"
#include "replication/store/rocks_store.h"

namespace quartet::tests {
namespace {

namespace v1 = admin::v1;
using controller::Controller;
using replication::NodeProgress;

const controller::Caller kCaller{"quartet://admin/bench"};

struct Options {
  std::string directory = "/tmp/quartet-change-cost";
  int zones = 1000;
  int changes = 20000;
  int callers = 64;
  // Record sets of each zone, and of each change.
  int record_sets = 20;
  int per_change = 1;
  // Nameservers of each stripe, with a node each.
  int slots = 2;
  int cache_mib = 256;
  int buffer_mib = 16;
};

int64_t CpuMicros(clockid_t clock) {
  timespec time = {};
  clock_gettime(clock, &time);
  return time.tv_sec * int64_t{1'000'000} + time.tv_nsec / 1000;
}

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options) {
    std::filesystem::remove_all(options.directory);
    absl::StatusOr<std::unique_ptr<store::Store>> store =
        store::OpenRocksStore(options.directory, {.block_cache_bytes = size_t(options.cache_mib) << 20,
                                                  .write_buffer_bytes = size_t(options.buffer_mib) << 20});
    QUARTET_CHECK(store.ok());
    absl::StatusOr<std::unique_ptr<Controller>> controller = Controller::Open(
        *std::move(store), replication::SystemClock(), replication::SystemRandom(), {"bench", "0"});
    QUARTET_CHECK(controller.ok());
    controller_ = *std::move(controller);
    controller_->set_on_committed([this](const replication::Position& head, bool) { Committed(head); });
    acknowledging_ = std::thread([this] { Acknowledge(); });
  }

  ~Bench() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    moved_.notify_all();
    acknowledging_.join();
    controller_->Stop();
    controller_.reset();
    std::filesystem::remove_all(options_.directory);
  }

  void Run() {
    MakeRoster();
    Measure("zones made", options_.zones, [this](int i) { MakeZone(i); });
    Measure("changes", options_.changes, [this](int i) { Change(i); });
  }

 private:
  void Committed(const replication::Position& head) {
    const std::lock_guard<std::mutex> lock(mutex_);
    head_ = head;
    sequencer_cpu_us_ = CpuMicros(CLOCK_THREAD_CPUTIME_ID);
    ++groups_;
    moved_.notify_all();
  }

  // All nodes acknowledge whatever is committed.
  void Acknowledge() {
    uint64_t told = 0;
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      moved_.wait(lock, [&] { return stopping_ || head_.index > told; });
      if (stopping_) return;
      const replication::Position head = head_;
      const std::vector<std::string> nameservers = nameservers_;
      lock.unlock();
      for (const std::string& nameserver : nameservers) {
        NodeProgress progress;
        progress.node = nameserver + "-a";
        progress.nameserver = nameserver;
        progress.connected = true;
        progress.incarnation = "0123456789abcdef";
        progress.acknowledged = true;
        progress.epoch = head.epoch;
        progress.acknowledged_index = head.index;
        controller_->OnProgress({progress});
      }
      told = head.index;
      lock.lock();
    }
  }

  void MakeRoster() {
    for (int i = 0; i < 4; ++i) {
      const std::string stripe(1, static_cast<char>('a' + i));
      v1::SetStripeDomainRequest domain;
      domain.set_name("stripes/" + stripe);
      domain.set_domain(absl::StrCat("quartet-", stripe, ".test"));
      QUARTET_CHECK(controller_->SetStripeDomain(kCaller, domain).ok());
      for (int slot = 0; slot < options_.slots; ++slot) AddNameserver(i, slot);
    }
  }

  void AddNameserver(int stripe, int slot) {
    const std::string id = absl::StrCat("ns-", std::string(1, static_cast<char>('a' + stripe)), slot);
    v1::CreateNameserverRequest request;
    v1::Nameserver& nameserver = *request.mutable_nameserver();
    nameserver.set_name("nameservers/" + id);
    nameserver.set_stripe(std::string(1, static_cast<char>('a' + stripe)));
    nameserver.set_slot(slot);
    nameserver.set_region(absl::StrCat("region-", stripe));
    nameserver.add_addresses(absl::StrCat("127.0.", stripe, ".", slot + 1));
    QUARTET_CHECK(controller_->CreateNameserver(kCaller, request).ok());
    v1::CreateNodeRequest node;
    node.set_name(absl::StrCat("nodes/", id, "-a"));
    node.set_nameserver("nameservers/" + id);
    QUARTET_CHECK(controller_->CreateNode(kCaller, node).ok());
    const std::lock_guard<std::mutex> lock(mutex_);
    nameservers_.push_back(id);
  }

  void MakeZone(int number) {
    v1::CreateZoneRequest request;
    request.set_domain_name(absl::StrCat("z", number, ".test"));
    std::string file = "$TTL 300\n";
    for (int i = 0; i < options_.record_sets; ++i)
      absl::StrAppend(&file, "h", i, " A 192.0.2.", i % 256, "\n");
    request.set_zone_file(file);
    QUARTET_CHECK(controller_->CreateZone(kCaller, request).ok());
  }

  void Change(int number) {
    v1::ChangeRecordSetsRequest request;
    request.set_parent(absl::StrCat("zones/z", number % options_.zones, ".test"));
    request.set_request_id(absl::StrCat("change-", number));
    for (int i = 0; i < options_.per_change; ++i) {
      v1::RecordSetChange& change = *request.add_changes();
      change.set_action(v1::RecordSetChange::ACTION_UPSERT);
      v1::RecordSet& record_set = *change.mutable_record_set();
      record_set.set_owner(absl::StrCat("h", i));
      record_set.set_type("A");
      record_set.set_ttl(60);
      record_set.add_values(absl::StrCat("198.51.", number / 256 % 256, ".", number % 256));
    }
    QUARTET_CHECK(controller_->ChangeRecordSets(kCaller, request).ok());
  }

  template <typename Work>
  void Measure(const char* what, int count, const Work& work) {
    const Snapshot before = Now();
    std::atomic<int> next = 0;
    std::vector<std::thread> callers;
    for (int i = 0; i < options_.callers; ++i) {
      callers.emplace_back([&] {
        for (int number; (number = next++) < count;) work(number);
      });
    }
    for (std::thread& caller : callers) caller.join();
    const Snapshot after = Now();
    const double seconds = static_cast<double>(after.wall_us - before.wall_us) / 1e6;
    std::printf(
        "%-12s %8d in %6.2f s: %6.0f/s; CPU %5.1f us each, %5.1f of them the sequencer's; %5.1f a group\n",
        what, count, seconds, count / seconds, static_cast<double>(after.cpu_us - before.cpu_us) / count,
        static_cast<double>(after.sequencer_cpu_us - before.sequencer_cpu_us) / count,
        count / static_cast<double>(after.groups - before.groups));
    std::fflush(stdout);
  }

  struct Snapshot {
    int64_t wall_us;
    int64_t cpu_us;
    int64_t sequencer_cpu_us;
    int64_t groups;
  };
  Snapshot Now() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return {CpuMicros(CLOCK_MONOTONIC), CpuMicros(CLOCK_PROCESS_CPUTIME_ID), sequencer_cpu_us_, groups_};
  }

  const Options options_;
  std::unique_ptr<Controller> controller_;
  std::mutex mutex_;
  std::condition_variable moved_;
  replication::Position head_;
  std::vector<std::string> nameservers_;
  int64_t sequencer_cpu_us_ = 0;
  int64_t groups_ = 0;
  bool stopping_ = false;
  std::thread acknowledging_;
};

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) {
  CLI::App app("Measures what a change costs in the controller's core.");
  quartet::tests::Options options;
  app.add_option("--directory", options.directory, "Of its database; emptied first")->capture_default_str();
  app.add_option("--zones", options.zones)->capture_default_str();
  app.add_option("--changes", options.changes)->capture_default_str();
  app.add_option("--callers", options.callers)->capture_default_str();
  app.add_option("--record-sets", options.record_sets, "Record sets of a zone")->capture_default_str();
  app.add_option("--per-change", options.per_change, "Record sets of a change")->capture_default_str();
  app.add_option("--slots", options.slots, "Nameservers of each stripe")->capture_default_str();
  app.add_option("--block-cache-mib", options.cache_mib)->capture_default_str();
  app.add_option("--write-buffer-mib", options.buffer_mib)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  quartet::tests::Bench(options).Run();
  return 0;
}
