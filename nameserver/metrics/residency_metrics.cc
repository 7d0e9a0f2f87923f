#include "nameserver/metrics/residency_metrics.h"

namespace quartet::nameserver {

using transport::Metric;

void AddResidencyMetrics(const ResidencyTotals& totals, std::vector<Metric>& metrics) {
  metrics.push_back(Metric::Gauge("quartet_zones", "Zones answered for.", totals.zones));
  metrics.push_back(Metric::Gauge("quartet_zones_failing", "Zones answered with SERVFAIL.", totals.failing));
  metrics.push_back(Metric::Gauge("quartet_zones_resident", "Zones in memory.", totals.resident));
  metrics.push_back(
      Metric::Gauge("quartet_zones_resident_bytes", "Bytes of zones in memory.", totals.resident_bytes));
  metrics.push_back(Metric::Counter("quartet_zone_evictions_total",
                                    "Zones that left memory for want of room.", totals.evictions));
}

void AddColdQueryMetrics(const ParkingTotals& parking, uint64_t loads, std::vector<Metric>& metrics) {
  metrics.push_back(Metric::Counter("quartet_zone_loads_total", "Zones read from disk for queries.", loads));
  metrics.push_back(Metric::Counters(
      "quartet_cold_queries_total", "Queries that had to wait for a zone, by what became of them.", "outcome",
      {{"answered", parking.answered},
       {"no-room", parking.no_room},
       {"too-old", parking.too_old},
       {"unreadable", parking.unreadable}}));
  metrics.push_back(
      Metric::Gauge("quartet_cold_queries_waiting", "Queries that wait for a zone now.", parking.waiting));
}

}  // namespace quartet::nameserver
