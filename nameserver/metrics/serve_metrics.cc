#include "nameserver/metrics/serve_metrics.h"

#include <cstdint>
#include <string>
#include <utility>

#include "dns/message/message.h"

namespace quartet::nameserver {
namespace {

using transport::Metric;
using Values = std::vector<std::pair<std::string, uint64_t>>;

Values ByRcode(const ServeTotals& totals) {
  Values values;
  for (size_t code = 0; code < totals.responses.size(); ++code) {
    // BADVERS shows as NOERROR: its upper bits are in the OPT record.
    const auto rcode = static_cast<dns::Rcode>(code);
    if (totals.responses[code] != 0 || rcode <= dns::Rcode::kRefused) {
      values.emplace_back(dns::RcodeName(rcode), totals.responses[code]);
    }
  }
  return values;
}

Values ByShedReason(const ServeTotals& totals) {
  Values values;
  for (size_t reason = 0; reason < kShedReasons; ++reason) {
    values.emplace_back(ShedReasonName(static_cast<ShedReason>(reason)), totals.shed[reason]);
  }
  return values;
}

}  // namespace

std::vector<Metric> ServeMetrics(const ServeTotals& totals) {
  return {
      Metric::Counter("quartet_queries_total", "Datagrams and TCP messages that came.", totals.queries),
      Metric::Counters("quartet_responses_total", "Responses, by RCODE of the header.", "rcode",
                       ByRcode(totals)),
      Metric::Counters("quartet_dropped_total", "What came and got no response, by reason.", "reason",
                       {{"not-a-query", totals.ignored}, {"not-sent", totals.send_drops}}),
      Metric::Counter("quartet_tcp_connections_total", "TCP connections accepted.", totals.connections),
      Metric::Counters("quartet_tcp_connections_shed_total",
                       "TCP connections closed for a limit or a timeout, by reason.", "reason",
                       ByShedReason(totals)),
  };
}

}  // namespace quartet::nameserver
