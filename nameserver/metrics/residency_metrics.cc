#include "nameserver/metrics/residency_metrics.h"

#include <string>
#include <utility>

#include "nameserver/metrics/serve_metrics.h"

namespace quartet::nameserver {

namespace {

using transport::Metric;

Metric Counter(std::string name, std::string help, std::vector<Metric::Sample> samples) {
  return {std::move(name), std::move(help), Metric::Kind::kCounter, std::move(samples)};
}

Metric::Sample By(const std::string& outcome, uint64_t count) {
  return {{{"outcome", outcome}}, static_cast<double>(count)};
}

}  // namespace

void AddResidencyMetrics(const ResidencyTotals& totals, std::vector<Metric>& metrics) {
  const auto add = [&](const char* name, const char* help, size_t value) {
    metrics.push_back(Gauge(name, help, static_cast<double>(value)));
  };
  add("quartet_zones", "Zones answered for.", totals.zones);
  add("quartet_zones_failing", "Zones answered with SERVFAIL.", totals.failing);
  add("quartet_zones_resident", "Zones in memory.", totals.resident);
  add("quartet_zones_resident_bytes", "Bytes of zones in memory.", totals.resident_bytes);
  metrics.push_back(Counter("quartet_zone_evictions_total", "Zones that left memory for want of room.",
                            {{{}, static_cast<double>(totals.evictions)}}));
}

void AddColdQueryMetrics(const ParkingTotals& parking, uint64_t loads, std::vector<Metric>& metrics) {
  metrics.push_back(Counter("quartet_zone_loads_total", "Zones read from disk for queries.",
                            {{{}, static_cast<double>(loads)}}));
  metrics.push_back(Counter("quartet_cold_queries_total",
                            "Queries that had to wait for a zone, by what became of them.",
                            {By("answered", parking.answered), By("no-room", parking.no_room),
                             By("too-old", parking.too_old), By("unreadable", parking.unreadable)}));
  metrics.push_back(Gauge("quartet_cold_queries_waiting", "Queries that wait for a zone now.",
                          static_cast<double>(parking.waiting)));
}

}  // namespace quartet::nameserver
