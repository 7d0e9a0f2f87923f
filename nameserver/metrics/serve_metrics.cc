#include "nameserver/metrics/serve_metrics.h"

#include <cstdint>
#include <string>
#include <utility>

#include "dns/message/message.h"

namespace quartet::nameserver {
namespace {

using transport::Metric;

Metric Counter(std::string name, std::string help, std::vector<Metric::Sample> samples) {
  return {std::move(name), std::move(help), Metric::Kind::kCounter, std::move(samples)};
}

Metric::Sample By(const std::string& label, const std::string& value, uint64_t count) {
  return {{{label, value}}, static_cast<double>(count)};
}

Metric::Sample Of(uint64_t count) { return {{}, static_cast<double>(count)}; }

std::vector<Metric::Sample> ByRcode(const ServeTotals& totals) {
  std::vector<Metric::Sample> samples;
  for (size_t code = 0; code < totals.responses.size(); ++code) {
    // BADVERS shows as NOERROR: its upper bits are in the OPT record.
    const auto rcode = static_cast<dns::Rcode>(code);
    if (totals.responses[code] != 0 || rcode <= dns::Rcode::kRefused) {
      samples.push_back(By("rcode", dns::RcodeName(rcode), totals.responses[code]));
    }
  }
  return samples;
}

std::vector<Metric::Sample> ByShedReason(const ServeTotals& totals) {
  std::vector<Metric::Sample> samples;
  for (size_t reason = 0; reason < kShedReasons; ++reason) {
    samples.push_back(By("reason", ShedReasonName(static_cast<ShedReason>(reason)), totals.shed[reason]));
  }
  return samples;
}

}  // namespace

std::vector<Metric> ServeMetrics(const ServeTotals& totals) {
  return {
      Counter("quartet_queries_total", "Datagrams and TCP messages that came.", {Of(totals.queries)}),
      Counter("quartet_responses_total", "Responses, by RCODE of the header.", ByRcode(totals)),
      Counter("quartet_dropped_total", "What came and got no response, by reason.",
              {By("reason", "not-a-query", totals.ignored), By("reason", "not-sent", totals.send_drops)}),
      Counter("quartet_tcp_connections_total", "TCP connections accepted.", {Of(totals.connections)}),
      Counter("quartet_tcp_connections_shed_total",
              "TCP connections closed for a limit or a timeout, by reason.", ByShedReason(totals)),
  };
}

Metric Gauge(std::string name, std::string help, double value) {
  return {std::move(name), std::move(help), Metric::Kind::kGauge, {{{}, value}}};
}

}  // namespace quartet::nameserver
