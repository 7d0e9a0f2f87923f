// Metrics over HTTP, in the text format of Prometheus.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace quartet::transport {

// One metric with all its label sets, as it is now. Names and units are as Prometheus wants them: quartet_queries_total,
// quartet_memory_bytes.
struct Metric {
  enum class Kind { kCounter, kGauge };
  using Labels = std::vector<std::pair<std::string, std::string>>;
  struct Sample {
    Labels labels;
    double value = 0;
  };

  // One sample without labels; with Counters one for each value of a label.
  static Metric Counter(std::string name, std::string help, uint64_t value);
  static Metric Counters(std::string name, std::string help, const std::string& label,
                         const std::vector<std::pair<std::string, uint64_t>>& values);
  static Metric Gauge(std::string name, std::string help, uint64_t value);

  std::string name;
  std::string help;
  Kind kind = Kind::kCounter;
  std::vector<Sample> samples;
};

// Answers GET /metrics, to anybody who can connect: without TLS, so listen on a loopback or an internal address. Two
// connections at a time; each may take 5 s for a request.
class MetricsServer {
 public:
  // Called for each scrape, on a thread of the server's, one at a time.
  using Collect = std::function<std::vector<Metric>()>;

  // `listen`: ADDR:PORT or [IPV6]:PORT; port 0: the kernel chooses. INVALID_ARGUMENT: no such address; UNAVAILABLE: it
  // can't be listened on.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(const std::string& listen, Collect collect);
  // On return no call of `collect` is under way, nor will there be one. May take 2 s.
  ~MetricsServer();

  int port() const;

 private:
  class Page;
  struct Http;

  MetricsServer();

  std::shared_ptr<Page> page_;
  std::unique_ptr<Http> http_;
};

}  // namespace quartet::transport
