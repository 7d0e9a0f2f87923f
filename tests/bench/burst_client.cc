// burst_client: changes a record set in each of many zones at once, and waits until all nameservers of each zone answer with
// it over UDP. Prints changes per second.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "quartet/admin/v1/record_set.grpc.pb.h"
#include "quartet/admin/v1/zone.grpc.pb.h"
#include "tests/bench/many_zones_name.h"
#include "tests/client/connection.h"
#include "tests/client/guarded_main.h"
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

// One change after another, `callers` at a time, from one thread: it shares the cores with what is measured, and a
// thread for each caller would cost it as much again.
class Callers {
 public:
  Callers(const std::shared_ptr<grpc::Channel>& channel, const std::vector<Target>& targets,
          VisibilityWatch& watch)
      : stub_(v1::RecordSetService::NewStub(channel)), targets_(targets), watch_(watch) {}

  void Run(int callers) {
    std::vector<Call> calls(callers);
    for (Call& call : calls) Begin(call);
    for (size_t done = 0; done < targets_.size(); ++done) {
      void* tag = nullptr;
      bool ok = false;
      if (!queue_.Next(&tag, &ok)) return;
      auto& call = *static_cast<Call*>(tag);
      if (!call.status.ok()) Die(call.status);
      const Target& target = targets_[call.number];
      watch_.Expect(target.addresses, std::string(kOwner) + "." + target.zone, ValueOf(call.number));
      Begin(call);
    }
  }

 private:
  struct Call {
    size_t number = 0;
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<grpc::ClientAsyncResponseReader<v1::Change>> reader;
    v1::Change response;
    grpc::Status status;
  };

  std::string ValueOf(size_t number) const { return run_ + std::to_string(number); }

  void Begin(Call& call) {
    if (next_ == targets_.size()) return;
    call.number = next_++;
    const std::string value = ValueOf(call.number);
    v1::ChangeRecordSetsRequest request;
    request.set_parent("zones/" + targets_[call.number].zone);
    request.set_request_id(value);
    v1::RecordSetChange& change = *request.add_changes();
    change.set_action(v1::RecordSetChange::ACTION_UPSERT);
    change.mutable_record_set()->set_owner(kOwner);
    change.mutable_record_set()->set_type("TXT");
    change.mutable_record_set()->set_ttl(1);
    change.mutable_record_set()->add_values("\"" + value + "\"");
    call.context = std::make_unique<grpc::ClientContext>();
    call.reader = stub_->AsyncChangeRecordSets(call.context.get(), request, &queue_);
    call.reader->Finish(&call.response, &call.status, &call);
  }

  const std::string run_ = std::to_string(UdpProbe::NowMicros()) + "-";
  const std::unique_ptr<v1::RecordSetService::Stub> stub_;
  const std::vector<Target>& targets_;
  VisibilityWatch& watch_;
  grpc::CompletionQueue queue_;
  size_t next_ = 0;
};

int Run(const Options& options) {
  const std::shared_ptr<grpc::Channel> channel = options.connection.Open();
  const std::vector<Target> targets = FindTargets(channel, options);
  VisibilityWatch watch(options.port);
  Callers callers(channel, targets, watch);
  const int64_t start_us = UdpProbe::NowMicros();
  callers.Run(options.callers);
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

int main(int argc, char** argv) { return quartet::tests::GuardedMain(quartet::tests::Main, argc, argv); }
