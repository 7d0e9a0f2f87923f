// apply_cost: what a node's apply path costs, without gRPC and without a controller.
//
// A node's replica over a database of its own is filled with zones, then catches up with changes. The messages are made
// before and are parsed from their bytes, as they come from the network. Prints wall time, CPU time of the whole process
// (RocksDB's threads included) and of the thread that applies, for each zone and each change. For instructions instead:
// valgrind --tool=callgrind --instr-atstart=no --toggle-collect='*Bench::Fill*' ...
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "dns/base/check.h"
#include "nameserver/replica/replica.h"
#include "nameserver/zone/directory.h"
#include "replication/base/clock.h"
#include "replication/store/rocks_store.h"
#include "tests/bench/feed_script.h"

namespace quartet::tests {
namespace {

namespace v1 = replication::v1;
using nameserver::Replica;

struct Options {
  std::string directory = "/tmp/quartet-apply-cost";
  int zones = 10000;
  int record_sets = 18;
  int changes = 100000;
  // Zones that change.
  int changing = 1000;
  int per_span = 200;
};

int64_t Micros(clockid_t clock) {
  timespec time = {};
  clock_gettime(clock, &time);
  return time.tv_sec * int64_t{1'000'000} + time.tv_nsec / 1000;
}

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options), script_(options.zones, options.record_sets) {
    std::filesystem::remove_all(options.directory);
    absl::StatusOr<std::unique_ptr<store::Store>> store = store::OpenRocksStore(options.directory);
    QUARTET_CHECK(store.ok());
    store_ = *std::move(store);
    absl::StatusOr<std::unique_ptr<Replica>> replica = Replica::Open(
        {*store_, directory_, replication::SystemClock(), replication::SystemRandom(), {}, [] {}});
    QUARTET_CHECK(replica.ok());
    replica_ = *std::move(replica);
  }
  ~Bench() {
    replica_.reset();
    store_.reset();
    std::filesystem::remove_all(options_.directory);
  }

  void Run() {
    std::printf("%d zones of %d record sets, %zu bytes a snapshot\n", options_.zones, options_.record_sets,
                script_.snapshot_bytes() / static_cast<size_t>(options_.zones));
    Measure("zones filled", options_.zones, [this] { Fill(); });
    if (options_.changes == 0) return;
    waiting_spans_.clear();
    for (std::string& span : script_.Spans(options_.changes, options_.changing, options_.per_span))
      waiting_spans_.push_back(std::move(span));
    Measure("changes", options_.changes, [this] { CatchUp(); });
  }

 private:
  __attribute__((noinline)) void Fill() {
    Account(replica_->Connected());
    waiting_spans_.push_back(script_.Welcome(false));
    for (std::string& part : script_.Inventory()) waiting_spans_.push_back(std::move(part));
    Drive();
    QUARTET_CHECK(replica_->complete() && replica_->failing_count() == 0);
    QUARTET_CHECK(replica_->zone_count() == static_cast<size_t>(options_.zones));
  }

  __attribute__((noinline)) void CatchUp() {
    Drive();
    QUARTET_CHECK(replica_->Health().zones_behind() == 0);
  }

  // Until nothing is left to send and to apply.
  void Drive() {
    bool more = true;
    while (more || !waiting_spans_.empty() || !waiting_snapshots_.empty()) {
      Deliver(waiting_spans_, span_credit_);
      Deliver(waiting_snapshots_, snapshot_credit_);
      absl::StatusOr<Replica::Applied> applied = replica_->Apply();
      QUARTET_CHECK(applied.ok());
      more = applied->more;
      for (const Replica::Request& request : replica_->Acknowledge()) Account(request);
    }
  }

  void Deliver(std::deque<std::string>& messages, int64_t& credit) {
    while (!messages.empty() && credit > 0) {
      Replica::Response message;
      QUARTET_CHECK(message.ParseFromString(messages.front()));
      credit -= static_cast<int64_t>(messages.front().size());
      messages.pop_front();
      QUARTET_CHECK(replica_->Receive(std::move(message)).ok());
    }
  }

  void Account(const Replica::Request& request) {
    span_credit_ += static_cast<int64_t>(request.hello().span_credit() + request.credit().span_bytes());
    snapshot_credit_ +=
        static_cast<int64_t>(request.hello().snapshot_credit() + request.credit().snapshot_bytes());
    for (std::string& message : script_.Snapshots(request.fetch_zones()))
      waiting_snapshots_.push_back(std::move(message));
  }

  template <typename Work>
  void Measure(const char* what, int count, const Work& work) {
    const int64_t wall = Micros(CLOCK_MONOTONIC);
    const int64_t process = Micros(CLOCK_PROCESS_CPUTIME_ID);
    const int64_t thread = Micros(CLOCK_THREAD_CPUTIME_ID);
    work();
    const auto each = [count](int64_t micros) { return static_cast<double>(micros) / count; };
    const double wall_seconds = static_cast<double>(Micros(CLOCK_MONOTONIC) - wall) / 1e6;
    const double process_us = each(Micros(CLOCK_PROCESS_CPUTIME_ID) - process);
    const double thread_us = each(Micros(CLOCK_THREAD_CPUTIME_ID) - thread);
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    std::printf("%-12s %8d in %6.2f s; CPU us each: %6.1f, %6.1f of them applying; peak RSS %ld MiB\n", what,
                count, wall_seconds, process_us, thread_us, usage.ru_maxrss >> 10);
    std::fflush(stdout);
  }

  const Options options_;
  FeedScript script_;
  std::unique_ptr<store::Store> store_;
  nameserver::Directory directory_;
  std::unique_ptr<Replica> replica_;
  std::deque<std::string> waiting_spans_;
  std::deque<std::string> waiting_snapshots_;
  int64_t span_credit_ = 0;
  int64_t snapshot_credit_ = 0;
};

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) {
  CLI::App app("Measures what a node spends on filling its replica and on catching up.");
  quartet::tests::Options options;
  app.add_option("--directory", options.directory, "Of its database; emptied first")->capture_default_str();
  app.add_option("--zones", options.zones)->capture_default_str();
  app.add_option("--record-sets", options.record_sets, "Record sets of a zone")->capture_default_str();
  app.add_option("--changes", options.changes, "Caught up with once it is filled")->capture_default_str();
  app.add_option("--changing", options.changing, "Zones that they change")->capture_default_str();
  app.add_option("--per-span", options.per_span, "Changes that come in one message")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  options.changing = std::min(options.changing, options.zones);
  quartet::tests::Bench(options).Run();
  return 0;
}
