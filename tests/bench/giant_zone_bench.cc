// giant_zone_bench: what a zone of millions of names costs in memory, a change, and a query, beside one of 100,000.
#include <time.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <memory>
#include <random>
#include <string>

#include "nameserver/answer/query_group.h"
#include "nameserver/zone/rcu.h"
#include "tests/bench/giant_zone.h"
#include "tests/client/guarded_main.h"

namespace quartet::tests {
namespace {

constexpr size_t kQueries = 1 << 18;
constexpr size_t kChanges = 2000;

struct Cost {
  double bytes;
  double change_us;
  double query_us;
};

double ThreadMicros() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// Memory that is resident.
double ResidentBytes() {
  size_t total = 0;
  size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return static_cast<double>(resident) * 4096;
}

double QueryMicros(GiantZone& zone, size_t names) {
  std::mt19937_64 random(1);
  std::vector<std::vector<uint8_t>> queries;
  for (size_t i = 0; i < kQueries; ++i) queries.push_back(zone.Query(random() % names, random() % 16 == 0));
  const nameserver::RcuThread rcu;
  const auto group = std::make_unique<nameserver::QueryGroup>(zone.directory(), nameserver::Context());
  std::vector<uint8_t> out(1232);
  const double begin = ThreadMicros();
  for (size_t first = 0; first < kQueries; first += nameserver::QueryGroup::kSize) {
    group->Clear();
    for (size_t i = 0; i < nameserver::QueryGroup::kSize; ++i) group->Take(queries[first + i]);
    group->LookUp();
    for (size_t i = 0; i < nameserver::QueryGroup::kSize; ++i) group->Respond(i, out);
  }
  return (ThreadMicros() - begin) / kQueries;
}

Cost Measure(size_t names) {
  const double before = ResidentBytes();
  GiantZone zone(names);
  Cost cost = {};
  cost.bytes =
      (ResidentBytes() - before - static_cast<double>(zone.data_bytes())) / static_cast<double>(names);
  std::mt19937_64 random(2);
  const double begin = ThreadMicros();
  for (size_t i = 0; i < kChanges; ++i) zone.Change(random() % names, static_cast<uint32_t>(i));
  cost.change_us = (ThreadMicros() - begin) / kChanges;
  cost.query_us = QueryMicros(zone, names);
  std::printf(
      "%10zu names: %6.1f bytes a name over its data (pages alone %.1f), %6.1f us a change, %6.3f us a "
      "query\n",
      names, cost.bytes,
      (static_cast<double>(zone.tree().bytes) - static_cast<double>(zone.data_bytes())) /
          static_cast<double>(names),
      cost.change_us, cost.query_us);
  std::fflush(stdout);
  return cost;
}

int Main(int argc, char** argv) {
  CLI::App app("Measures what a zone of millions of names costs, beside one of 100,000.");
  size_t names = 10'000'000;
  app.add_option("--names", names)->capture_default_str();
  app.footer("Example: giant_zone_bench --names 10000000");
  CLI11_PARSE(app, argc, argv);
  const Cost giant = Measure(names);
  const Cost large = Measure(100'000);
  std::printf("a query: %.2f times the one of 100,000 names; a change: %.2f times\n",
              giant.query_us / large.query_us, giant.change_us / large.change_us);
  return 0;
}

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) { return quartet::tests::GuardedMain(quartet::tests::Main, argc, argv); }
