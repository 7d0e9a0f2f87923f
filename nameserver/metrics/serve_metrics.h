// What the serving threads count, as metrics.
#pragma once

#include <vector>

#include "nameserver/serve/counters.h"
#include "proto/transport/metrics.h"

namespace quartet::nameserver {

// Queries, responses by RCODE, what got no response by reason, TCP connections.
std::vector<transport::Metric> ServeMetrics(const ServeTotals& totals);

}  // namespace quartet::nameserver
