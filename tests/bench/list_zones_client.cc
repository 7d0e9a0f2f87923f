// list_zones_client: asks for the first page of all zones, again and again. Prints the milliseconds of each.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>

#include "quartet/admin/v1/zone.grpc.pb.h"
#include "tests/client/connection.h"
#include "tests/client/guarded_main.h"

namespace quartet::tests {
namespace {

namespace v1 = admin::v1;

struct Options {
  Connection connection;
  int rounds = 50;
};

int Run(const Options& options) {
  const auto stub = v1::ZoneService::NewStub(options.connection.Open());
  // The first call makes the connection.
  for (int round = -1; round < options.rounds; ++round) {
    grpc::ClientContext context;
    v1::ListZonesResponse response;
    const auto start = std::chrono::steady_clock::now();
    const grpc::Status status = stub->ListZones(&context, v1::ListZonesRequest(), &response);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    if (!status.ok() || response.zones().empty()) {
      std::fprintf(stderr, "no zones: %s\n", status.error_message().c_str());
      return 1;
    }
    if (round >= 0) std::printf("%.3f\n", took.count());
  }
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app("Asks for the first page of all zones.");
  Options options;
  options.connection.AddOptions(app);
  app.add_option("--rounds", options.rounds)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return Run(options);
}

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) { return quartet::tests::GuardedMain(quartet::tests::Main, argc, argv); }
