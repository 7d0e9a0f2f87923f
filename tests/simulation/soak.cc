// simulation_soak: clusters under one seed after another, until the time is up or something is found.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>

#include "replication/base/log.h"
#include "tests/simulation/cluster.h"

namespace quartet::simulation {
namespace {

struct Options {
  int64_t seconds = 60;
  uint64_t seed = 0;
  uint64_t steps = 80;
  bool replay = false;
};

bool RunSeed(uint64_t seed, const Options& options) {
  RunOptions run;
  run.seed = seed;
  run.steps = options.steps;
  const RunResult result = RunOnce(run);
  if (!result.finding.has_value()) {
    if (options.replay) {
      std::printf("seed %llu: all held; %llu entries, %llu acknowledged, %llu faults, %llu events\n",
                  static_cast<unsigned long long>(seed), static_cast<unsigned long long>(result.entries),
                  static_cast<unsigned long long>(result.acknowledged),
                  static_cast<unsigned long long>(result.faults),
                  static_cast<unsigned long long>(result.events));
    }
    return true;
  }
  std::printf("seed %llu, at %lld us: %s\nagain with: simulation_soak --replay --seed %llu --steps %llu\n",
              static_cast<unsigned long long>(seed), static_cast<long long>(result.time_us),
              result.finding->c_str(), static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(options.steps));
  return false;
}

int Soak(const Options& options) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + std::chrono::seconds(options.seconds);
  uint64_t runs = 0;
  for (uint64_t seed = options.seed; runs == 0 || Clock::now() < end; ++seed) {
    if (!RunSeed(seed, options)) return 1;
    ++runs;
    if (options.replay) return 0;
  }
  std::printf("%llu seeds from %llu on: all held\n", static_cast<unsigned long long>(runs),
              static_cast<unsigned long long>(options.seed));
  return 0;
}

}  // namespace
}  // namespace quartet::simulation

int main(int argc, char** argv) try {
  CLI::App app("Runs simulated clusters with faults, and says under which seed a check failed.",
               "simulation_soak");
  quartet::simulation::Options options;
  options.seed = static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  app.add_option("--seconds", options.seconds, "How long");
  app.add_option("--seed", options.seed, "The first seed (default: from the clock)");
  app.add_option("--steps", options.steps, "Requests of users in each run");
  app.add_flag("--replay", options.replay, "Only this one seed, with logs");
  CLI11_PARSE(app, argc, argv);
  quartet::log::SetLevel(options.replay ? quartet::log::Level::kInfo : quartet::log::Level::kError);
  return quartet::simulation::Soak(options);
} catch (const std::exception& error) {
  std::fprintf(stderr, "simulation_soak: %s\n", error.what());
  return 2;
}
