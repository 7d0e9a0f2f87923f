// make_many_zones: MakeManyZones as a program.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <string>

#include "tests/bench/many_zones.h"

int main(int argc, char** argv) {
  CLI::App app("Makes many zones in the database of a service whose controller is not running.");
  std::string directory;
  quartet::tests::ManyZones wanted;
  app.add_option("--data", directory, "The controller's directory")->required();
  app.add_option("--zones", wanted.zones)->capture_default_str();
  app.add_option("--record-sets", wanted.record_sets, "Of a zone, SOA and NS among them")
      ->capture_default_str();
  app.add_option("--callers", wanted.callers, "Zones made side by side")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const auto start = std::chrono::steady_clock::now();
  const absl::Status made = quartet::tests::MakeManyZones(directory, wanted);
  if (!made.ok()) {
    std::fprintf(stderr, "%s\n", std::string(made.message()).c_str());
    return 1;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("%d zones of %d record sets made in %.1f s\n", wanted.zones, wanted.record_sets, took.count());
  return 0;
}
