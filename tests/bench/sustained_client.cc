// sustained_client: clients on connections of their own, each making one change after another for some time. Prints a line of
// JSON: changes accepted, seconds, CPU seconds of this process, and milliseconds until the reply.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "quartet/admin/v1/record_set.grpc.pb.h"
#include "tests/bench/many_zones_name.h"
#include "tests/client/connection.h"
#include "tests/client/guarded_main.h"
#include "tests/client/udp_probe.h"

namespace quartet::tests {
namespace {

namespace v1 = admin::v1;

struct Options {
  Connection connection;
  int zones = 10000;
  int clients = 64;
  double seconds = 60;
};

class Load {
 public:
  explicit Load(const Options& options) : options_(options) {}

  void Run() {
    // One handshake after another, and before the clock runs.
    std::vector<std::shared_ptr<grpc::Channel>> channels(options_.clients);
    for (std::shared_ptr<grpc::Channel>& channel : channels) channel = Connect();
    const int64_t start_us = UdpProbe::NowMicros();
    end_us_ = start_us + static_cast<int64_t>(options_.seconds * 1e6);
    std::vector<std::vector<double>> replies(options_.clients);
    std::vector<std::thread> clients;
    for (int i = 0; i < options_.clients; ++i)
      clients.emplace_back([&, i] { Work(channels[i], replies[i]); });
    for (std::thread& client : clients) client.join();
    const double seconds = static_cast<double>(UdpProbe::NowMicros() - start_us) / 1e6;
    std::vector<double> all;
    for (const std::vector<double>& own : replies) all.insert(all.end(), own.begin(), own.end());
    Print(seconds, std::move(all));
  }

 private:
  std::shared_ptr<grpc::Channel> Connect() const {
    std::shared_ptr<grpc::Channel> channel = options_.connection.Open();
    const auto patience = std::chrono::system_clock::now() + std::chrono::seconds(10);
    if (channel->WaitForConnected(patience)) return channel;
    std::fprintf(stderr, "no connection to %s\n", options_.connection.controller.c_str());
    std::exit(1);
  }

  // Adds how many milliseconds each change took.
  void Work(const std::shared_ptr<grpc::Channel>& channel, std::vector<double>& replies) {
    const auto stub = v1::RecordSetService::NewStub(channel);
    while (UdpProbe::NowMicros() < end_us_) {
      const int64_t start_us = UdpProbe::NowMicros();
      Change(*stub, next_++);
      replies.push_back(static_cast<double>(UdpProbe::NowMicros() - start_us) / 1e3);
    }
  }

  void Change(v1::RecordSetService::Stub& stub, int64_t number) const {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    v1::ChangeRecordSetsRequest request;
    request.set_parent("zones/" + ManyZonesName(ZoneOf(number)));
    request.set_request_id(run_ + std::to_string(number));
    v1::RecordSetChange& change = *request.add_changes();
    change.set_action(v1::RecordSetChange::ACTION_UPSERT);
    change.mutable_record_set()->set_owner("sustained-" + std::to_string(number % kOwners));
    change.mutable_record_set()->set_type("TXT");
    change.mutable_record_set()->set_ttl(60);
    change.mutable_record_set()->add_values("\"" + std::to_string(number) + "\"");
    v1::Change response;
    const grpc::Status status = stub.ChangeRecordSets(&context, request, &response);
    if (status.ok()) return;
    std::fprintf(stderr, "%s\n", status.error_message().c_str());
    std::exit(1);
  }

  // All in turn, but not side by side.
  int ZoneOf(int64_t number) const { return static_cast<int>(number * kStep % options_.zones); }

  static void Print(double seconds, std::vector<double> replies) {
    std::sort(replies.begin(), replies.end());
    const auto at = [&](double share) {
      return replies[static_cast<size_t>(share * static_cast<double>(replies.size() - 1))];
    };
    timespec cpu = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    std::printf(
        "{\"changes\": %zu, \"seconds\": %.3f, \"cpu_seconds\": %.3f, \"p50_ms\": %.2f, \"p99_ms\": %.2f, "
        "\"max_ms\": %.2f}\n",
        replies.size(), seconds, static_cast<double>(cpu.tv_sec) + static_cast<double>(cpu.tv_nsec) / 1e9,
        at(0.5), at(0.99), at(1));
  }

  // Of a zone, that are written in turn.
  static constexpr int64_t kOwners = 64;
  // A prime.
  static constexpr int64_t kStep = 7919;

  const Options options_;
  const std::string run_ = std::to_string(UdpProbe::NowMicros()) + "-";
  int64_t end_us_ = 0;
  std::atomic<int64_t> next_ = 0;
};

int Main(int argc, char** argv) {
  CLI::App app("Makes changes from many clients for some time.");
  Options options;
  options.connection.AddOptions(app);
  app.add_option("--zones", options.zones, "Zones there are, as make_many_zones made them")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--clients", options.clients)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--seconds", options.seconds)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  Load(options).Run();
  return 0;
}

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) { return quartet::tests::GuardedMain(quartet::tests::Main, argc, argv); }
