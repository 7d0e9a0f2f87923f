// simulation_soak: clusters under one seed after another, until the time is up or something is found.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "replication/base/log.h"
#include "tests/simulation/cluster.h"
#include "tests/simulation/script.h"
#include "tests/simulation/shrink.h"

namespace quartet::simulation {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct Options {
  int64_t seconds = 60;
  uint64_t seeds = 0;
  uint64_t seed = 0;
  uint64_t steps = 2000;
  std::string mutation;
  bool replay = false;
  std::string play;
  std::string out = "simulation_failure.txt";
  int64_t shrink_seconds = 60;
};

void TellAction(int64_t time_us, const Action& action) {
  std::printf("%12.3f ms  %s\n", static_cast<double>(time_us) / 1000, ToString(action).c_str());
}

// Shrinks what failed, shows it and keeps it.
void Report(const Options& options, const RunOptions& run, const RunResult& result) {
  std::printf("seed %llu, at %.3f ms: %s\nagain with: simulation_soak --replay --seed %llu --steps %llu%s\n",
              static_cast<unsigned long long>(run.seed), static_cast<double>(result.time_us) / 1000,
              result.finding->c_str(), static_cast<unsigned long long>(run.seed),
              static_cast<unsigned long long>(run.steps),
              options.mutation.empty() ? "" : absl::StrCat(" --mutation ", options.mutation).c_str());
  std::fflush(stdout);
  Script script;
  script.seed = run.seed;
  script.mutation = run.mutation;
  script.actions = result.actions;
  if (options.shrink_seconds > 0) {
    const size_t before = script.actions.size();
    const Shrunk shrunk = Shrink(script, *result.finding, std::chrono::seconds(options.shrink_seconds));
    script = shrunk.script;
    script.comment = absl::StrCat(shrunk.finding, "\n");
    std::printf("shrunk from %zu actions to %zu in %llu runs:\n\n%s\n", before, script.actions.size(),
                static_cast<unsigned long long>(shrunk.runs), ToString(script).c_str());
  } else {
    script.comment = absl::StrCat(*result.finding, "\n");
  }
  std::ofstream(options.out) << ToString(script);
  std::printf("kept in %s; play it with: simulation_soak --play %s\n", options.out.c_str(),
              options.out.c_str());
}

bool RunSeed(uint64_t seed, const Options& options, uint64_t& steps) {
  RunOptions run;
  run.seed = seed;
  run.steps = options.steps;
  run.mutation = MutationNamed(options.mutation).value_or(Mutation::kNone);
  if (options.replay) run.on_action = TellAction;
  const RunResult result = RunOnce(run);
  steps += result.steps;
  if (result.finding.has_value()) {
    Report(options, run, result);
    return false;
  }
  if (!options.replay) return true;
  std::printf("seed %llu: all held; %llu steps, %zu actions, %llu entries, %llu acknowledged\n",
              static_cast<unsigned long long>(seed), static_cast<unsigned long long>(result.steps),
              result.actions.size(), static_cast<unsigned long long>(result.entries),
              static_cast<unsigned long long>(result.acknowledged));
  for (const auto& [what, count] : result.seen)
    std::printf("  %6llu  %s\n", static_cast<unsigned long long>(count), what.c_str());
  return true;
}

int Soak(const Options& options) {
  const SteadyClock::time_point begin = SteadyClock::now();
  const SteadyClock::time_point end = begin + std::chrono::seconds(options.seconds);
  uint64_t runs = 0;
  uint64_t steps = 0;
  const auto goes_on = [&] {
    if (options.replay) return runs == 0;
    return options.seeds != 0 ? runs < options.seeds : runs == 0 || SteadyClock::now() < end;
  };
  for (uint64_t seed = options.seed; goes_on(); ++seed, ++runs) {
    if (!RunSeed(seed, options, steps)) return 1;
  }
  const double took = std::chrono::duration<double>(SteadyClock::now() - begin).count();
  std::printf("%llu seeds from %llu on, %llu steps in %.1f s: all held\n",
              static_cast<unsigned long long>(runs), static_cast<unsigned long long>(options.seed),
              static_cast<unsigned long long>(steps), took);
  return 0;
}

int PlayFile(const Options& options) {
  std::ifstream file(options.play);
  std::stringstream text;
  text << file.rdbuf();
  const absl::StatusOr<Script> script = ParseScript(text.str());
  if (!file || !script.ok()) {
    std::fprintf(stderr, "simulation_soak: %s: %s\n", options.play.c_str(),
                 file ? std::string(script.status().message()).c_str() : "it can't be read");
    return 2;
  }
  RunOptions run;
  run.seed = script->seed;
  run.mutation = script->mutation;
  run.actions = script->actions;
  run.on_action = TellAction;
  const RunResult result = RunOnce(run);
  for (const auto& [what, count] : result.seen)
    std::printf("  %6llu  %s\n", static_cast<unsigned long long>(count), what.c_str());
  std::printf("%s: %s\n", options.play.c_str(), result.finding.value_or("all held").c_str());
  return result.finding.has_value() ? 1 : 0;
}

}  // namespace
}  // namespace quartet::simulation

int main(int argc, char** argv) try {
  CLI::App app(
      "Runs simulated clusters with faults. Of a run that fails it prints a short version, and keeps it.",
      "simulation_soak");
  app.footer(
      "examples:\n"
      "  simulation_soak --seconds 240                 as many seeds as there is time for\n"
      "  simulation_soak --seeds 10000 --seed 1        just these\n"
      "  simulation_soak --replay --seed 17            one, with its actions and logs\n"
      "  simulation_soak --play simulation_failure.txt a run that was kept");
  quartet::simulation::Options options;
  options.seed = static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  app.add_option("--seconds", options.seconds, "How long");
  app.add_option("--seeds", options.seeds, "So many seeds, however long it takes");
  app.add_option("--seed", options.seed, "The first seed (default: from the clock)");
  app.add_option("--steps", options.steps,
                 "Actions and events in each run before its faults end (default 2000)");
  app.add_option("--mutation", options.mutation, "With this mistake (tests/simulation/mutation.h)")
      ->check([](const std::string& name) {
        return quartet::simulation::MutationNamed(name).has_value() ? "" : "there is no mutation " + name;
      });
  app.add_flag("--replay", options.replay, "Only this one seed, with actions and logs");
  app.add_option("--play", options.play, "Plays a run that was kept");
  app.add_option("--out", options.out, "Where a run that fails is kept (default: simulation_failure.txt)");
  app.add_option("--shrink-seconds", options.shrink_seconds,
                 "How long to look for a shorter one (default 60)");
  CLI11_PARSE(app, argc, argv);
  const bool tells = options.replay || !options.play.empty();
  quartet::log::SetLevel(tells ? quartet::log::Level::kInfo : quartet::simulation::kNoLogs);
  return options.play.empty() ? quartet::simulation::Soak(options) : quartet::simulation::PlayFile(options);
} catch (const std::exception& error) {
  std::fprintf(stderr, "simulation_soak: %s\n", error.what());
  return 2;
}
