// burst_client: changes a record set in each of many zones at once, and waits until all nameservers of each zone answer with
// it over UDP. Prints changes per second.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "quartet/admin/v1/record_set.grpc.pb.h"
#include "quartet/admin/v1/zone.grpc.pb.h"
#include "tests/bench/many_zones_name.h"
#include "tests/client/connection.h"
#include "tests/client/udp_probe.h"
#include "tests/client/visibility_watch.h"

namespace quartet::tests {
namespace {

namespace v1 = admin::v1;

constexpr char kOwner[] = "burst";
constexpr int64_t kPatienceUs = 30'000'000;

struct Options {
  Connection connection;
  int zones = 10000;
  int changes = 1000;
  int callers = 64;
  uint16_t port = 53;
};

// A zone to change.
struct Target {
  std::string zone;
  std::vector<std::string> addresses;
};

[[noreturn]] void Die(const grpc::Status& status) {
  std::fprintf(stderr, "%s\n", status.error_message().c_str());
  std::exit(1);
}

std::vector<Target> FindTargets(const std::shared_ptr<grpc::Channel>& channel, const Options& options) {
  const auto stub = v1::ZoneService::NewStub(channel);
  std::vector<Target> targets;
  for (int i = 0; i < options.changes; ++i) {
    grpc::ClientContext context;
    v1::GetZoneRequest request;
    // Spread over all there are.
    request.set_name("zones/" +
                     ManyZonesName(static_cast<int>(int64_t{i} * options.zones / options.changes)));
    v1::Zone zone;
    if (const grpc::Status status = stub->GetZone(&context, request, &zone); !status.ok()) Die(status);
    Target target{zone.domain_name(), {}};
    for (const v1::ZoneNameserver& nameserver : zone.nameservers())
      target.addresses.push_back(nameserver.addresses(0));
    targets.push_back(std::move(target));
  }
  return targets;
}

void Change(v1::RecordSetService::Stub& stub, const Target& target, const std::string& value) {
  grpc::ClientContext context;
  v1::ChangeRecordSetsRequest request;
  request.set_parent("zones/" + target.zone);
  request.set_request_id(value);
  v1::RecordSetChange& change = *request.add_changes();
  change.set_action(v1::RecordSetChange::ACTION_UPSERT);
  change.mutable_record_set()->set_owner(kOwner);
  change.mutable_record_set()->set_type("TXT");
  change.mutable_record_set()->set_ttl(1);
  change.mutable_record_set()->add_values("\"" + value + "\"");
  v1::Change response;
  if (const grpc::Status status = stub.ChangeRecordSets(&context, request, &response); !status.ok())
    Die(status);
}

int Run(const Options& options) {
  const std::shared_ptr<grpc::Channel> channel = options.connection.Open();
  const std::vector<Target> targets = FindTargets(channel, options);
  const auto stub = v1::RecordSetService::NewStub(channel);
  const std::string run = std::to_string(UdpProbe::NowMicros()) + "-";
  VisibilityWatch watch(options.port);
  std::atomic<size_t> next = 0;
  const auto call = [&] {
    for (size_t i; (i = next++) < targets.size();) {
      const std::string value = run + std::to_string(i);
      Change(*stub, targets[i], value);
      watch.Expect(targets[i].addresses, std::string(kOwner) + "." + targets[i].zone, value);
    }
  };
  const int64_t start_us = UdpProbe::NowMicros();
  std::vector<std::thread> callers(options.callers);
  for (std::thread& caller : callers) caller = std::thread(call);
  for (std::thread& caller : callers) caller.join();
  const int64_t accepted_us = UdpProbe::NowMicros();
  const int64_t visible_us = watch.WaitForAll(targets.size(), kPatienceUs);
  if (visible_us == 0) {
    std::fprintf(stderr, "not all changes are on all nameservers after %.0f s\n", kPatienceUs / 1e6);
    return 1;
  }
  const auto rate = [&](int64_t end_us) {
    return static_cast<double>(targets.size()) * 1e6 / static_cast<double>(end_us - start_us);
  };
  std::printf(
      "burst of %zu changes over as many of %d zones: %.0f/s accepted, %.0f/s visible on all nameservers "
      "(%.0f ms)\n",
      targets.size(), options.zones, rate(accepted_us), rate(visible_us),
      static_cast<double>(visible_us - start_us) / 1e3);
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app("Measures how fast a burst of changes over many zones becomes visible.");
  Options options;
  options.connection.AddOptions(app);
  app.add_option("--zones", options.zones, "Zones there are, as make_many_zones made them")
      ->capture_default_str();
  app.add_option("--changes", options.changes, "Each of another zone")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  app.add_option("--callers", options.callers, "Changes under way at a time")->capture_default_str();
  app.add_option("--port", options.port, "Port the nodes answer on")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return Run(options);
}

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) {
  // The command line's library and the standard library throw; nothing of ours does.
  try {
    return quartet::tests::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
