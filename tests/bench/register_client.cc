// register_client: registers many domains, so many at once, and tells how long each took: from sending RegisterDomain until
// the operation has ended and the zone that it made is INSYNC.
//
// A request whose reply was lost is sent again under its request id. One line of JSON for each operation that has ended,
// flushed at once; at the end, on standard error, rate and percentiles.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "quartet/admin/v1/domain.grpc.pb.h"
#include "quartet/admin/v1/watch.grpc.pb.h"
#include "tests/client/connection.h"
#include "tests/client/guarded_main.h"

namespace quartet::tests {
namespace {

namespace v1 = admin::v1;
using Clock = std::chrono::steady_clock;

struct Options {
  Connection connection;
  std::vector<std::string> tlds;
  std::string prefix = "load";
  std::string report = "/dev/null";
  int domains = 1000;
  int concurrency = 8;
  double seconds = 120;
};

// When each zone that is made meanwhile became INSYNC first.
class InsyncWatch {
 public:
  explicit InsyncWatch(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(v1::WatchService::NewStub(channel)), thread_([this] { Run(); }) {}
  ~InsyncWatch() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
      if (context_ != nullptr) context_->TryCancel();
    }
    thread_.join();
  }

  // Returns once it has begun to watch: nothing of what comes later is missed.
  void WaitBegun() {
    std::unique_lock<std::mutex> lock(mutex_);
    moved_.wait(lock, [this] { return !token_.empty(); });
  }
  // False: not by then.
  bool WaitFor(const std::string& zone, Clock::time_point deadline) {
    std::unique_lock<std::mutex> lock(mutex_);
    return moved_.wait_until(lock, deadline, [&] { return insync_.contains(zone); });
  }

 private:
  void Run() {
    while (Watch()) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }

  // One stream, until it ends; false: for good.
  bool Watch() {
    grpc::ClientContext context;
    v1::WatchChangesRequest request;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (stopping_) return false;
      context_ = &context;
      request.set_resume_token(token_);
    }
    const auto stream = stub_->WatchChanges(&context, request);
    for (v1::WatchChangesResponse response; stream->Read(&response);) Take(response);
    stream->Finish();
    const std::lock_guard<std::mutex> lock(mutex_);
    context_ = nullptr;
    return !stopping_;
  }

  void Take(const v1::WatchChangesResponse& response) {
    const std::lock_guard<std::mutex> lock(mutex_);
    token_ = response.resume_token();
    if (response.event().kind() == v1::WatchChangesResponse::KIND_INSYNC) {
      insync_[response.event().change().zone()] = true;
    }
    moved_.notify_all();
  }

  const std::unique_ptr<v1::WatchService::Stub> stub_;
  std::mutex mutex_;
  std::condition_variable moved_;
  bool stopping_ = false;
  grpc::ClientContext* context_ = nullptr;
  std::string token_;
  std::map<std::string, bool> insync_;
  std::thread thread_;
};

class Registering {
 public:
  explicit Registering(const Options& options)
      : options_(options),
        channel_(options.connection.Open()),
        watch_(channel_),
        report_(std::fopen(options.report.c_str(), "w")) {
    if (report_ == nullptr) {
      std::perror(options.report.c_str());
      std::exit(2);
    }
  }
  ~Registering() { std::fclose(report_); }

  bool Run() {
    watch_.WaitBegun();
    const Clock::time_point start = Clock::now();
    deadline_ =
        start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options_.seconds));
    std::vector<std::thread> workers;
    for (int i = 0; i < options_.concurrency; ++i) workers.emplace_back([this] { Work(); });
    for (std::thread& worker : workers) worker.join();
    PrintSummary(std::chrono::duration<double>(Clock::now() - start).count());
    return static_cast<int>(milliseconds_.size()) == options_.domains;
  }

 private:
  void Work() {
    const auto stub = v1::DomainService::NewStub(channel_);
    for (int number; (number = next_++) < options_.domains;) {
      const std::string domain = options_.prefix + "-" + std::to_string(number) + "." +
                                 options_.tlds[static_cast<size_t>(number) % options_.tlds.size()];
      const Clock::time_point start = Clock::now();
      v1::DomainOperation operation;
      if (!Register(*stub, domain, operation) || !AwaitEnd(*stub, operation)) return;
      const bool good = operation.state() == v1::DomainOperation::STATE_SUCCESSFUL &&
                        watch_.WaitFor(operation.zone(), deadline_);
      Report(domain, operation, good,
             std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }
  }

  bool Register(v1::DomainService::Stub& stub, const std::string& domain, v1::DomainOperation& operation) {
    v1::RegisterDomainRequest request;
    request.set_domain_name(domain);
    request.set_request_id(domain);
    return Repeat(
        [&](grpc::ClientContext& context) { return stub.RegisterDomain(&context, request, &operation); });
  }

  // The operation as it ended; false: it has not, by the deadline.
  bool AwaitEnd(v1::DomainService::Stub& stub, v1::DomainOperation& operation) {
    v1::WatchDomainOperationRequest request;
    request.set_name(operation.name());
    return Repeat([&](grpc::ClientContext& context) {
      const auto stream = stub.WatchDomainOperation(&context, request);
      while (stream->Read(&operation)) {
      }
      return stream->Finish();
    });
  }

  // Again, for as long as the controller is away.
  template <typename Call>
  bool Repeat(const Call& call) {
    while (Clock::now() < deadline_) {
      grpc::ClientContext context;
      context.set_wait_for_ready(true);
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
      const grpc::Status status = call(context);
      if (status.ok()) return true;
      if (status.error_code() != grpc::StatusCode::UNAVAILABLE &&
          status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) {
        std::fprintf(stderr, "refused: %s\n", status.error_message().c_str());
        return false;
      }
    }
    return false;
  }

  void Report(const std::string& domain, const v1::DomainOperation& operation, bool good,
              double milliseconds) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::fprintf(report_,
                 "{\"domain\": \"%s\", \"state\": \"%s\", \"zone\": \"%s\", \"milliseconds\": %.3f}\n",
                 domain.c_str(), v1::DomainOperation::State_Name(operation.state()).c_str(),
                 operation.zone().c_str(), milliseconds);
    std::fflush(report_);
    if (good) {
      milliseconds_.push_back(milliseconds);
    } else {
      std::fprintf(stderr, "%s: %s\n", domain.c_str(), operation.message().c_str());
    }
  }

  void PrintSummary(double seconds) {
    std::sort(milliseconds_.begin(), milliseconds_.end());
    const auto at = [&](double share) {
      return milliseconds_.empty()
                 ? 0
                 : milliseconds_[static_cast<size_t>(share * static_cast<double>(milliseconds_.size() - 1))];
    };
    std::fprintf(
        stderr,
        "%zu of %d domains registered, their zones INSYNC, in %.2f s: %.0f a second, %d at once; each took "
        "p50 %.1f ms, p99 %.1f ms, at most %.1f ms\n",
        milliseconds_.size(), options_.domains, seconds, static_cast<double>(milliseconds_.size()) / seconds,
        options_.concurrency, at(0.5), at(0.99), at(1));
  }

  const Options options_;
  const std::shared_ptr<grpc::Channel> channel_;
  InsyncWatch watch_;
  std::FILE* const report_;
  Clock::time_point deadline_;
  std::atomic<int> next_ = 0;
  std::mutex mutex_;
  std::vector<double> milliseconds_;
};

int Main(int argc, char** argv) {
  CLI::App app("Registers many domains and tells how long each took.");
  Options options;
  options.connection.AddOptions(app);
  app.add_option("--tld", options.tlds, "Where; in turn, if there are several")->required();
  app.add_option("--prefix", options.prefix, "Domains are PREFIX-NUMBER.TLD")->capture_default_str();
  app.add_option("--domains", options.domains)->capture_default_str();
  app.add_option("--concurrency", options.concurrency, "So many at once")->capture_default_str();
  app.add_option("--seconds", options.seconds, "Give up after this")->capture_default_str();
  app.add_option("--report", options.report, "File of operations that have ended, a line of JSON each");
  CLI11_PARSE(app, argc, argv);
  return Registering(options).Run() ? 0 : 1;
}

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) { return quartet::tests::GuardedMain(quartet::tests::Main, argc, argv); }
