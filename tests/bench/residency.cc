// residency: more zones than there is memory for. `make` writes a node's replica of many zones; `run` serves it under a
// memory budget to clients in the same process, over loopback, and prints start time, memory, hit ratio, CPU time a query,
// and what a sweep over all zones does to those that are asked for all the time.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "dns/rdata/record_data.h"
#include "dns/record_set/record_set.h"
#include "nameserver/node/disk_zones.h"
#include "nameserver/serve/directory_responder.h"
#include "nameserver/serve/server.h"
#include "replication/digest/digest.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"
#include "replication/replica/layout.h"
#include "replication/replica/node_meta.h"
#include "replication/replica/node_zone.h"
#include "replication/store/rocks_store.h"
#include "tests/bench/many_zones_name.h"
#include "tests/client/guarded_main.h"

namespace quartet::tests {
namespace {

using nameserver::Directory;
using nameserver::DiskZones;
using Clock = std::chrono::steady_clock;

constexpr char kKey[] = "0123456789abcdef";
constexpr int kZonesAWrite = 500;

double Since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string ZoneId(int number) { return absl::StrCat("Z", 1'000'000'000'000 + number); }

double Megabytes(const char* row) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(row, 0) == 0) return std::stod(line.substr(std::strlen(row) + 1)) / 1024;
  }
  return 0;
}

// ---- make ----

struct Set {
  std::string key;
  std::string served;
};

std::vector<Set> RecordSets(const dns::Name& apex, int count) {
  std::vector<Set> sets;
  const auto add = [&](const std::string& owner, dns::Type type, const std::string& text) {
    const dns::Name name = *dns::Name::Parse(owner, apex);
    const auto set = dns::RecordSet::Create(name, 300, {*dns::RecordData::Parse(type, text, apex)});
    sets.push_back({replication::RecordKey(name, apex, type), replication::EncodeServed(*set, apex)});
  };
  add("@", dns::Type::kSoa, "ns1.test. hostmaster.test. 1 7200 900 1209600 300");
  add("@", dns::Type::kNs, "ns1.test.");
  for (int i = 2; i < count; ++i) add(absl::StrCat("h", i), dns::Type::kA, absl::StrCat("192.0.2.", i % 256));
  std::sort(sets.begin(), sets.end(), [](const Set& a, const Set& b) { return a.key < b.key; });
  return sets;
}

void AddZone(store::Overlay& out, int number, int record_sets) {
  replication::NodeZone zone;
  zone.apex = *dns::Name::Parse(ManyZonesName(number));
  zone.named = true;
  zone.generation = static_cast<uint64_t>(number) + 1;
  zone.epoch = 1;
  replication::Hasher hasher(kKey);
  replication::Digest digest;
  for (const Set& set : RecordSets(zone.apex, record_sets)) {
    out.PutUnread(replication::layout::Record(ZoneId(number), zone.generation, set.key), set.served);
    digest += hasher.Hash(set.key, set.served);
  }
  zone.row.set_id(ZoneId(number));
  zone.row.set_name(
      std::string(reinterpret_cast<const char*>(zone.apex.wire().data()), zone.apex.wire().size()));
  zone.row.set_revision(1);
  zone.row.set_served_digest(digest.ToBytes());
  zone.row.set_digest_key_id(1);
  zone.row.set_record_sets(static_cast<uint64_t>(record_sets));
  zone.row.set_state(stored::v1::ASSIGNMENT_STATE_SERVING);
  replication::PutNodeZone(out, zone, nullptr);
}

int Make(const std::string& data, int zones, int record_sets) {
  const auto start = Clock::now();
  const auto store = store::OpenRocksStore(data);
  QUARTET_CHECK(store.ok());
  for (int number = 0; number < zones;) {
    store::Batch batch;
    store::Overlay out(**store, batch);
    for (int i = 0; i < kZonesAWrite && number < zones; ++i) AddZone(out, number++, record_sets);
    QUARTET_CHECK((*store)->Write(batch, store::Store::Sync::kNo).ok());
  }
  store::Batch batch;
  store::Overlay out(**store, batch);
  replication::NodeMeta meta;
  meta.incarnation = std::string(replication::NodeMeta::kIncarnationBytes, 'i');
  meta.cursor = replication::Position{1, 1, {}};
  meta.epoch = 1;
  meta.next_generation = static_cast<uint64_t>(zones) + 1;
  replication::PutIncarnation(out, meta);
  replication::PutDigestKey(out, 1, kKey);
  replication::PutEpoch(out, meta);
  replication::PutNextGeneration(out, meta);
  replication::PutCursor(out, meta);
  replication::PutComplete(out);
  QUARTET_CHECK((*store)->Write(batch, store::Store::Sync::kYes).ok());
  std::printf("%d zones of %d record sets made in %.1f s\n", zones, record_sets, Since(start));
  return 0;
}

// ---- run ----

std::vector<uint8_t> Query(int zone) {
  std::vector<uint8_t> query = {0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  const dns::Name name = *dns::Name::Parse("h3." + ManyZonesName(zone));
  query.insert(query.end(), name.wire().begin(), name.wire().end());
  query.insert(query.end(), {0, 1, 0, 1});
  return query;
}

class Client {
 public:
  explicit Client(const nameserver::SocketAddress& server)
      : socket_(socket(server.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    QUARTET_CHECK(connect(socket_, server.get(), server.size()) == 0);
  }
  ~Client() { close(socket_); }
  Client(const Client&) = delete;

  void Ask(int zone) {
    const std::vector<uint8_t> query = Query(zone);
    send(socket_, query.data(), query.size(), 0);
  }
  // Answers that are there within so long; -1 of them is one that is wrong.
  int Take(int millis) {
    pollfd event = {.fd = socket_, .events = POLLIN, .revents = 0};
    if (poll(&event, 1, millis) <= 0) return 0;
    int taken = 0;
    uint8_t bytes[1500];
    for (ssize_t n; (n = recv(socket_, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0; ++taken)
      QUARTET_CHECK(n > 12 && (bytes[3] & 15) == 0 && bytes[7] == 1);
    return taken;
  }

 private:
  const int socket_;
};

// Queries for zones, so many on their way at a time, until told to stop.
class Load {
 public:
  using Next = std::function<int()>;
  Load(const nameserver::SocketAddress& server, int window, Next next)
      : thread_([this, server, window, next = std::move(next)] { Run(server, window, next); }) {}
  ~Load() {
    stop_ = true;
    thread_.join();
  }
  uint64_t answered() const { return answered_; }
  uint64_t lost() const { return lost_; }

 private:
  void Run(const nameserver::SocketAddress& server, int window, const Next& next) {
    Client client(server);
    int open = 0;
    while (!stop_) {
      for (; open < window; ++open) client.Ask(next());
      const int taken = client.Take(300);
      // What did not come by now was dropped.
      if (taken == 0) lost_ += static_cast<uint64_t>(std::exchange(open, 0));
      open = std::max(0, open - taken);
      answered_ += static_cast<uint64_t>(taken);
    }
  }

  std::atomic<bool> stop_ = false;
  std::atomic<uint64_t> answered_ = 0;
  std::atomic<uint64_t> lost_ = 0;
  std::thread thread_;
};

// CPU seconds of the threads of this name so far, by user and system.
double CpuOf(const std::string& name) {
  double seconds = 0;
  const std::string tasks = "/proc/self/task/";
  FILE* list = popen(absl::StrCat("ls /proc/", getpid(), "/task").c_str(), "r");
  char id[32];
  while (std::fscanf(list, "%31s", id) == 1) {
    std::ifstream comm(absl::StrCat(tasks, id, "/comm"));
    std::string of;
    std::getline(comm, of);
    if (of.rfind(name, 0) != 0) continue;
    // Nanoseconds on a CPU (proc(5)).
    std::ifstream stat(absl::StrCat(tasks, id, "/schedstat"));
    double nanos = 0;
    stat >> nanos;
    seconds += nanos / 1e9;
  }
  pclose(list);
  return seconds;
}

struct Run {
  std::string data;
  int zones = 1'000'000;
  size_t budget = 512 << 20;
  double zipf = 1.0;
  double seconds = 20;
  int most_windows = 200;
  int window = 64;
  bool only_start = false;
};

// A hit ratio that has risen by no more than this for so many windows has ceased to rise.
constexpr double kRise = 0.001;
constexpr int kFlatWindows = 3;

class Bench {
 public:
  explicit Bench(Run run) : run_(std::move(run)) {}

  int Main() {
    const auto start = Clock::now();
    store_ = *store::OpenRocksStore(run_.data);
    const double opened = Since(start);
    zones_ = *DiskZones::Open(*store_, directory_, run_.budget);
    const double named = Since(start);
    server_ = *nameserver::Server::Open(
        {.listen = {*nameserver::SocketAddress::Parse("127.0.0.1:0")}, .workers = 1},
        nameserver::AnswerFrom(directory_, {}, &zones_->parking()));
    address_ = server_->addresses();
    Client first(address_[0]);
    first.Ask(run_.zones / 2);
    QUARTET_CHECK(first.Take(10'000) == 1);
    std::printf("start to first right answer: %.0f ms (database opened after %.0f, names read after %.0f)\n",
                Since(start) * 1e3, opened * 1e3, named * 1e3);
    std::printf("%zu zones named, %.0f MB of names; resident memory %.0f MB\n", directory_.zone_count(),
                static_cast<double>(directory_.own_bytes()) / 1e6, Megabytes("VmRSS:"));
    if (!run_.only_start) Measure();
    server_->Close();
    return 0;
  }

 private:
  void Measure() {
    const double before = Megabytes("VmRSS:");
    MakeZipf();
    load_megabytes_ = Megabytes("VmRSS:") - before;
    WarmUp();
    Phase(
        "Zipf", [this] { return NextZipf(); }, run_.seconds, false);
    const auto hot = [this] { return static_cast<int>(random_() % 10'000); };
    Phase("10,000 hot zones, loading", hot, run_.seconds / 4, false);
    const double alone = Phase("10,000 hot zones", hot, run_.seconds, false).us;
    const double swept = Phase("10,000 hot zones, and a sweep over all", hot, run_.seconds, true).us;
    const double again = Phase("10,000 hot zones again", hot, run_.seconds, false).us;
    std::printf("the sweep costs hot queries %.1f %%\n", (swept / ((alone + again) / 2) - 1) * 100);
  }

  // Until the budget is used up and what is asked for has found its place: the hit ratio has ceased to rise.
  void WarmUp() {
    double best = 0;
    int flat = 0;
    for (int window = 0; window < run_.most_windows && flat < kFlatWindows; ++window) {
      const Measured measured = Phase(
          "warming up, Zipf", [this] { return NextZipf(); }, run_.seconds, false);
      const bool rises = directory_.evictions() == 0 || measured.hit > best + kRise;
      flat = rises ? 0 : flat + 1;
      best = std::max(best, measured.hit);
    }
    std::printf("%s\n", flat < kFlatWindows ? "NOT in steady state" : "in steady state");
  }

  struct Measured {
    // Of the worker's CPU for a query it answered or parked.
    double us;
    // Of the queries, answered from memory.
    double hit;
  };
  Measured Phase(const char* name, const Load::Next& next, double seconds, bool sweep) {
    const auto parked = [this] { return zones_->parking().Totals().parked; };
    const uint64_t parked_before = parked();
    const uint64_t loads_before = zones_->loads();
    const uint64_t evicted_before = directory_.evictions();
    const double cpu_before = CpuOf("udp-");
    std::atomic<int> swept = 0;
    std::unique_ptr<Load> sweeper;
    if (sweep)
      sweeper = std::make_unique<Load>(address_[0], 8, [this, &swept] { return swept++ % run_.zones; });
    uint64_t answered = 0;
    uint64_t lost = 0;
    {
      Load load(address_[0], run_.window, next);
      std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
      answered = load.answered();
      lost = load.lost();
    }
    const double cpu = CpuOf("udp-") - cpu_before;
    const uint64_t all = answered + lost + static_cast<uint64_t>(swept);
    const double us = cpu * 1e6 / static_cast<double>(all);
    const double hit =
        1 - static_cast<double>(parked() - parked_before) / static_cast<double>(std::max<uint64_t>(1, all));
    std::printf(
        "%-40s %9.0f/s  hit %.4f  worker %.2f us a query  lost %llu  loads %llu  left %llu  swept %d  "
        "resident %zu "
        "zones, %.0f MB  RSS without the load %.0f MB\n",
        name, static_cast<double>(answered) / seconds, hit, us, static_cast<unsigned long long>(lost),
        static_cast<unsigned long long>(zones_->loads() - loads_before),
        static_cast<unsigned long long>(directory_.evictions() - evicted_before), swept.load(),
        directory_.resident_count(), static_cast<double>(directory_.resident_bytes()) / 1e6,
        Megabytes("VmRSS:") - load_megabytes_);
    std::fflush(stdout);
    return {us, hit};
  }

  void MakeZipf() {
    sums_.resize(static_cast<size_t>(run_.zones));
    double sum = 0;
    for (size_t rank = 0; rank < sums_.size(); ++rank)
      sums_[rank] = sum += 1 / std::pow(static_cast<double>(rank + 1), run_.zipf);
  }
  // Of rank r with probability ~ r^-s, each drawn anew: a list that is gone through again and again would hold fewer zones.
  // Ranks are spread over the zones.
  int NextZipf() {
    std::uniform_real_distribution<double> uniform(0, sums_.back());
    const auto rank = std::lower_bound(sums_.begin(), sums_.end(), uniform(random_)) - sums_.begin();
    return static_cast<int>(static_cast<uint64_t>(rank) * 7'919 % static_cast<uint64_t>(run_.zones));
  }

  const Run run_;
  std::unique_ptr<store::Store> store_;
  Directory directory_;
  std::unique_ptr<DiskZones> zones_;
  std::unique_ptr<nameserver::Server> server_;
  std::vector<nameserver::SocketAddress> address_;
  std::mt19937_64 random_{1};
  std::vector<double> sums_;
  // What the clients hold in this process.
  double load_megabytes_ = 0;
};

int Main(int argc, char** argv) {
  CLI::App app("More zones than there is memory for.");
  Run run;
  int record_sets = 18;
  app.require_subcommand(1);
  CLI::App* make = app.add_subcommand("make", "Write the replica");
  make->add_option("--data", run.data)->required();
  make->add_option("--zones", run.zones)->capture_default_str();
  make->add_option("--record-sets", record_sets)->capture_default_str();
  CLI::App* serve = app.add_subcommand("run", "Serve it, and measure");
  serve->add_option("--data", run.data)->required();
  serve->add_option("--zones", run.zones)->capture_default_str();
  serve->add_option("--memory-budget", run.budget)->transform(CLI::AsSizeValue(false))->capture_default_str();
  serve->add_option("--zipf", run.zipf, "Exponent")->capture_default_str();
  serve->add_option("--seconds", run.seconds, "Of each measurement")->capture_default_str();
  serve->add_option("--most-windows", run.most_windows, "Measurements while it warms up, at most")
      ->capture_default_str();
  serve->add_flag("--only-start", run.only_start);
  CLI11_PARSE(app, argc, argv);
  if (make->parsed()) return Make(run.data, run.zones, record_sets);
  return Bench(run).Main();
}

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) { return quartet::tests::GuardedMain(quartet::tests::Main, argc, argv); }
