#include "proto/transport/metrics.h"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>

#include <exception>
#include <mutex>

#include "absl/strings/str_cat.h"

namespace quartet::transport {
namespace {

prometheus::ClientMetric ToPrometheus(const Metric::Sample& sample, Metric::Kind kind) {
  prometheus::ClientMetric out;
  for (const auto& [name, value] : sample.labels) out.label.push_back({name, value});
  (kind == Metric::Kind::kCounter ? out.counter.value : out.gauge.value) = sample.value;
  return out;
}

prometheus::MetricFamily ToPrometheus(const Metric& metric) {
  prometheus::MetricFamily out;
  out.name = metric.name;
  out.help = metric.help;
  out.type =
      metric.kind == Metric::Kind::kCounter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
  for (const Metric::Sample& sample : metric.samples) {
    out.metric.push_back(ToPrometheus(sample, metric.kind));
  }
  return out;
}

std::vector<std::string> HttpOptions(const std::string& listen) {
  return {"listening_ports", listen, "num_threads", "2", "request_timeout_ms", "5000"};
}

}  // namespace

Metric Metric::Counter(std::string name, std::string help, uint64_t value) {
  return {std::move(name), std::move(help), Kind::kCounter, {{{}, static_cast<double>(value)}}};
}

Metric Metric::Counters(std::string name, std::string help, const std::string& label,
                        const std::vector<std::pair<std::string, uint64_t>>& values) {
  Metric metric{std::move(name), std::move(help), Kind::kCounter, {}};
  for (const auto& [text, value] : values) {
    metric.samples.push_back({{{label, text}}, static_cast<double>(value)});
  }
  return metric;
}

Metric Metric::Gauge(std::string name, std::string help, uint64_t value) {
  return {std::move(name), std::move(help), Kind::kGauge, {{{}, static_cast<double>(value)}}};
}

class MetricsServer::Page : public prometheus::Collectable {
 public:
  explicit Page(MetricsServer::Collect collect) : collect_(std::move(collect)) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::vector<Metric> metrics;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      metrics = collect_();
    }
    std::vector<prometheus::MetricFamily> families;
    for (const Metric& metric : metrics) families.push_back(ToPrometheus(metric));
    return families;
  }

 private:
  mutable std::mutex mutex_;
  const MetricsServer::Collect collect_;
};

struct MetricsServer::Http {
  prometheus::Exposer exposer;
};

MetricsServer::MetricsServer() = default;
MetricsServer::~MetricsServer() = default;

int MetricsServer::port() const { return http_->exposer.GetListeningPorts().front(); }

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(const std::string& listen,
                                                                    Collect collect) {
  // The library would take a port alone, and listen everywhere.
  if (listen.rfind(':') == std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat("metrics: \"", listen, "\" is not ADDR:PORT"));
  }
  std::unique_ptr<MetricsServer> server(new MetricsServer());
  server->page_ = std::make_shared<Page>(std::move(collect));
  // It throws what it can't do.
  try {
    server->http_.reset(new Http{prometheus::Exposer(HttpOptions(listen))});
    server->http_->exposer.RegisterCollectable(server->page_);
  } catch (const std::exception& error) {
    return absl::UnavailableError(
        absl::StrCat("can't serve metrics on ", listen, ": ", error.what(), "; is the address in use?"));
  }
  return server;
}

}  // namespace quartet::transport
