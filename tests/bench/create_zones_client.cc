// create_zones_client: makes many zones through one call of ZoneService.CreateZones. Prints how long it took, and the last
// zone's change.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "quartet/admin/v1/zone.grpc.pb.h"
#include "tests/bench/many_zones_name.h"
#include "tests/client/connection.h"
#include "tests/client/guarded_main.h"

namespace quartet::tests {
namespace {

namespace v1 = admin::v1;

struct Options {
  Connection connection;
  int zones = 100'000;
  int record_sets = 18;
};

int Run(const Options& options) {
  const auto stub = v1::ZoneService::NewStub(options.connection.Open());
  grpc::ClientContext context;
  const auto start = std::chrono::steady_clock::now();
  const auto stream = stub->CreateZones(&context);
  std::thread sender([&] {
    v1::CreateZoneRequest request;
    request.set_zone_file(ManyZonesFile(options.record_sets));
    for (int number = 0; number < options.zones; ++number) {
      request.set_domain_name(ManyZonesName(number));
      request.set_request_id(request.domain_name());
      if (!stream->Write(request)) return;
    }
    stream->WritesDone();
  });
  int made = 0;
  std::string last;
  std::string refusal;
  for (v1::CreateZonesResponse response; stream->Read(&response);) {
    made += response.has_created() ? 1 : 0;
    if (response.has_created()) last = response.created().change().name();
    if (response.has_refused() && refusal.empty()) refusal = response.refused().message();
  }
  sender.join();
  const grpc::Status status = stream->Finish();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  if (!status.ok() || made != options.zones) {
    std::fprintf(stderr, "%d of %d zones made; %s %s\n", made, options.zones, status.error_message().c_str(),
                 refusal.c_str());
    return 1;
  }
  std::printf("%.3f %s\n", took.count(), last.c_str());
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app("Makes many zones through one call.");
  Options options;
  options.connection.AddOptions(app);
  app.add_option("--zones", options.zones)->capture_default_str();
  app.add_option("--record-sets", options.record_sets, "Of a zone, SOA and NS among them")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return Run(options);
}

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) { return quartet::tests::GuardedMain(quartet::tests::Main, argc, argv); }
