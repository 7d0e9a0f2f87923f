#include "nameserver/metrics/residency_metrics.h"

#include "nameserver/metrics/serve_metrics.h"

namespace quartet::nameserver {

void AddResidencyMetrics(const ResidencyTotals& totals, std::vector<transport::Metric>& metrics) {
  const auto number = [](auto value) { return static_cast<double>(value); };
  metrics.push_back(Gauge("quartet_zones", "Zones answered for.", number(totals.zones)));
  metrics.push_back(Gauge("quartet_zones_failing", "Zones answered with SERVFAIL.", number(totals.failing)));
  metrics.push_back(Gauge("quartet_zones_resident", "Zones in memory.", number(totals.resident)));
  metrics.push_back(
      Gauge("quartet_zones_resident_bytes", "Bytes of zones in memory.", number(totals.resident_bytes)));
  metrics.push_back({"quartet_zone_loads_total",
                     "Zones read from disk for queries.",
                     transport::Metric::Kind::kCounter,
                     {{{}, number(totals.loads)}}});
  metrics.push_back({"quartet_zone_evictions_total",
                     "Zones that left memory for want of room.",
                     transport::Metric::Kind::kCounter,
                     {{{}, number(totals.evictions)}}});
  const ParkingTotals& parking = totals.parking;
  metrics.push_back({"quartet_cold_queries_total",
                     "Queries that had to wait for a zone, by what became of them.",
                     transport::Metric::Kind::kCounter,
                     {{{{"outcome", "answered"}}, number(parking.answered)},
                      {{{"outcome", "no-room"}}, number(parking.no_room)},
                      {{{"outcome", "too-old"}}, number(parking.too_old)},
                      {{{"outcome", "unreadable"}}, number(parking.unreadable)}}});
  metrics.push_back(
      Gauge("quartet_cold_queries_waiting", "Queries that wait for a zone now.", number(parking.waiting)));
}

}  // namespace quartet::nameserver
