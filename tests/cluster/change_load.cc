// change_load: makes changes to a zone and writes down each one that was acknowledged, so that a test can
// look for it after whatever it did to the cluster meanwhile.
//
// Each worker owns its owners and sends one change at a time; a change whose reply was lost is sent again
// under the same request id until it is acknowledged or refused. One line of JSON per acknowledged change,
// flushed at once.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "quartet/admin/v1/record_set.grpc.pb.h"
#include "tests/client/connection.h"
#include "tests/client/guarded_main.h"

namespace quartet::tests {
namespace {

namespace v1 = admin::v1;
using Clock = std::chrono::steady_clock;

struct Load {
  Connection connection;
  std::string zone;
  std::string report = "/dev/stdout";
  int changes = 2000;
  int concurrency = 4;
  // Owners a worker writes in turn; the last acknowledged value of each is what must be served in the end.
  int owners = 50;
  // Further strings behind the value, to make changes large.
  int padding = 0;
  double seconds = 120;
};

class Loader {
 public:
  explicit Loader(const Load& load)
      : load_(load), channel_(load.connection.Open()), report_(std::fopen(load.report.c_str(), "w")) {
    if (report_ == nullptr) {
      std::perror(load.report.c_str());
      std::exit(2);
    }
  }

  bool Run() {
    const Clock::time_point start = Clock::now();
    deadline_ =
        start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(load_.seconds));
    std::vector<std::thread> workers;
    workers.reserve(load_.concurrency);
    for (int i = 0; i < load_.concurrency; ++i) workers.emplace_back([this, i] { Work(i); });
    for (std::thread& worker : workers) worker.join();
    std::fclose(report_);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    std::fprintf(stderr, "%d of %d changes acknowledged in %.1f s (%.0f/s), %d sent again\n",
                 acknowledged_.load(), load_.changes, seconds, acknowledged_ / seconds, resent_.load());
    return acknowledged_ == load_.changes;
  }

 private:
  void Work(int worker) {
    const auto stub = v1::RecordSetService::NewStub(channel_);
    for (int number; (number = next_++) < load_.changes;) {
      const std::string owner =
          "load-" + std::to_string(worker) + "-" + std::to_string(number / load_.concurrency % load_.owners);
      if (!Change(*stub, owner, "value-" + std::to_string(number))) return;
    }
  }

  // False: refused, or out of time.
  bool Change(v1::RecordSetService::Stub& stub, const std::string& owner, const std::string& value) {
    v1::ChangeRecordSetsRequest request;
    request.set_parent("zones/" + load_.zone);
    request.set_request_id(run_ + value);
    v1::RecordSetChange* change = request.add_changes();
    change->set_action(v1::RecordSetChange::ACTION_UPSERT);
    change->mutable_record_set()->set_owner(owner);
    change->mutable_record_set()->set_type("TXT");
    change->mutable_record_set()->set_ttl(60);
    change->mutable_record_set()->add_values("\"" + value + "\"" + Padding());
    while (Clock::now() < deadline_) {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
      context.set_wait_for_ready(true);
      v1::Change response;
      const grpc::Status status = stub.ChangeRecordSets(&context, request, &response);
      if (status.ok()) return Report(owner, value, response);
      if (status.error_code() != grpc::StatusCode::UNAVAILABLE &&
          status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) {
        std::fprintf(stderr, "refused: %s\n", status.error_message().c_str());
        return false;
      }
      ++resent_;
    }
    return false;
  }

  std::string Padding() const {
    std::string padding;
    for (int i = 0; i < load_.padding; ++i) padding += " \"" + std::string(250, 'x') + "\"";
    return padding;
  }

  bool Report(const std::string& owner, const std::string& value, const v1::Change& change) {
    std::lock_guard<std::mutex> lock(mutex_);
    std::fprintf(report_, "{\"owner\": \"%s\", \"value\": \"%s\", \"change\": \"%s\", \"revision\": %llu}\n",
                 owner.c_str(), value.c_str(), change.name().c_str(),
                 static_cast<unsigned long long>(change.revision()));
    std::fflush(report_);
    ++acknowledged_;
    return true;
  }

  const Load load_;
  const std::shared_ptr<grpc::Channel> channel_;
  // Request ids of two runs differ.
  const std::string run_ = std::to_string(std::chrono::system_clock::now().time_since_epoch().count()) + "-";
  Clock::time_point deadline_;
  std::atomic<int> next_ = 0;
  std::atomic<int> acknowledged_ = 0;
  std::atomic<int> resent_ = 0;
  std::mutex mutex_;
  std::FILE* report_;
};

int Main(int argc, char** argv) {
  CLI::App app("Makes changes to a zone and reports each acknowledged one.");
  Load load;
  load.connection.AddOptions(app);
  app.add_option("--zone", load.zone, "Zone's name or id")->required();
  app.add_option("--changes", load.changes)->capture_default_str();
  app.add_option("--concurrency", load.concurrency)->capture_default_str();
  app.add_option("--owners", load.owners, "Owners each worker writes in turn")->capture_default_str();
  app.add_option("--padding", load.padding, "Strings of 250 octets added to each value")
      ->capture_default_str();
  app.add_option("--seconds", load.seconds, "Give up after this")->capture_default_str();
  app.add_option("--report", load.report, "File of acknowledged changes, a line of JSON each")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return Loader(load).Run() ? 0 : 1;
}

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) { return quartet::tests::GuardedMain(quartet::tests::Main, argc, argv); }
