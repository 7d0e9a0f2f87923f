// change_latency_client: from sending a change's RPC to the last of the zone's four nameservers answering with it
// over UDP.
//
// One thread sends changes one after another, another asks all four nameservers all the time. Prints
// percentiles.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "quartet/admin/v1/record_set.grpc.pb.h"
#include "quartet/admin/v1/zone.grpc.pb.h"
#include "tests/client/connection.h"
#include "tests/client/udp_probe.h"

namespace quartet::tests {
namespace {

namespace v1 = admin::v1;

struct Options {
  Connection connection;
  std::string zone;
  int changes = 100;
  uint16_t port = 53;
};

v1::Zone GetZone(const std::shared_ptr<grpc::Channel>& channel, const std::string& name) {
  grpc::ClientContext context;
  v1::GetZoneRequest request;
  request.set_name("zones/" + name);
  v1::Zone zone;
  const grpc::Status status = v1::ZoneService::NewStub(channel)->GetZone(&context, request, &zone);
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.error_message().c_str());
    std::exit(1);
  }
  return zone;
}

bool SendChange(v1::RecordSetService::Stub& stub, const v1::Zone& zone, const std::string& value) {
  grpc::ClientContext context;
  v1::ChangeRecordSetsRequest request;
  request.set_parent(zone.name());
  request.set_request_id(value);
  v1::RecordSetChange* change = request.add_changes();
  change->set_action(v1::RecordSetChange::ACTION_UPSERT);
  change->mutable_record_set()->set_owner("change-latency");
  change->mutable_record_set()->set_type("TXT");
  change->mutable_record_set()->set_ttl(1);
  change->mutable_record_set()->add_values("\"" + value + "\"");
  v1::Change response;
  const grpc::Status status = stub.ChangeRecordSets(&context, request, &response);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.error_message().c_str());
  return status.ok();
}

struct Sample {
  double accepted_ms;
  double first_ms;
  double all_ms;
};

void PrintRow(const char* name, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) { return values[static_cast<size_t>(share * (values.size() - 1))]; };
  std::printf("%-28s %7.2f %7.2f %7.2f %7.2f\n", name, at(0), at(0.5), at(0.99), at(1));
}

int Run(const Options& options) {
  const std::shared_ptr<grpc::Channel> channel = options.connection.Open();
  const v1::Zone zone = GetZone(channel, options.zone);
  std::vector<UdpProbe::Target> targets;
  for (const v1::ZoneNameserver& nameserver : zone.nameservers()) {
    targets.push_back({nameserver.addresses(0), options.port});
  }
  UdpProbe probe(targets, "change-latency." + zone.domain_name());
  const auto stub = v1::RecordSetService::NewStub(channel);
  const std::string run = std::to_string(UdpProbe::NowMicros());
  std::vector<Sample> samples;
  for (int i = -3; i < options.changes; ++i) {  // three to warm up
    const std::string value = run + "-" + std::to_string(i);
    std::vector<int64_t> times;
    std::thread asking([&] { times = probe.WaitForAll(value, 5'000'000); });
    const int64_t start = UdpProbe::NowMicros();
    const bool accepted = SendChange(*stub, zone, value);
    const int64_t replied = UdpProbe::NowMicros();
    asking.join();
    if (!accepted || std::count(times.begin(), times.end(), 0) > 0) {
      std::fprintf(stderr, "change %d is not on all nameservers after 5 s\n", i);
      return 1;
    }
    if (i < 0) continue;
    const auto [first, last] = std::minmax_element(times.begin(), times.end());
    samples.push_back({(replied - start) / 1e3, (*first - start) / 1e3, (*last - start) / 1e3});
  }
  std::printf("%d changes, %zu nameservers; milliseconds from sending the RPC\n", options.changes,
              targets.size());
  std::printf("%-28s %7s %7s %7s %7s\n", "", "min", "p50", "p99", "max");
  std::vector<double> column(samples.size());
  const auto print = [&](const char* name, double Sample::*member) {
    std::transform(samples.begin(), samples.end(), column.begin(),
                   [&](const Sample& s) { return s.*member; });
    PrintRow(name, column);
  };
  print("accepted (reply received)", &Sample::accepted_ms);
  print("first nameserver answers", &Sample::first_ms);
  print("all nameservers answer", &Sample::all_ms);
  return 0;
}

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) {
  CLI::App app("Measures the time from a change's RPC to all four nameservers answering with it.");
  quartet::tests::Options options;
  options.connection.AddOptions(app);
  app.add_option("--zone", options.zone, "Zone to change")->required();
  app.add_option("--changes", options.changes)->capture_default_str();
  app.add_option("--port", options.port, "Port the nodes answer on")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return quartet::tests::Run(options);
}
