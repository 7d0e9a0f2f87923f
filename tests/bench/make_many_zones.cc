// make_many_zones: MakeManyZones as a program.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <string>

#include "tests/bench/many_zones.h"
#include "tests/client/guarded_main.h"

namespace quartet::tests {
namespace {

struct Options {
  std::string directory;
  ManyZones wanted;
};

int Run(const Options& options) {
  const auto start = std::chrono::steady_clock::now();
  const absl::Status made = MakeManyZones(options.directory, options.wanted);
  if (!made.ok()) {
    std::fprintf(stderr, "%s\n", std::string(made.message()).c_str());
    return 1;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("%d zones of %d record sets made in %.1f s\n", options.wanted.zones, options.wanted.record_sets,
              took.count());
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app("Makes many zones in the database of a service whose controller is not running.");
  Options options;
  app.add_option("--data", options.directory, "The controller's directory")->required();
  app.add_option("--zones", options.wanted.zones)->capture_default_str();
  app.add_option("--record-sets", options.wanted.record_sets, "Of a zone, SOA and NS among them")
      ->capture_default_str();
  app.add_option("--callers", options.wanted.callers, "Zones made side by side")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return Run(options);
}

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) { return quartet::tests::GuardedMain(quartet::tests::Main, argc, argv); }
