// What a node says of the zones it has in memory, and of queries that waited for others, as metrics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "nameserver/serve/parking.h"
#include "proto/transport/metrics.h"

namespace quartet::nameserver {

struct ResidencyTotals {
  // Answered for; those answered with SERVFAIL among them.
  size_t zones = 0;
  size_t failing = 0;
  // Of those in memory.
  size_t resident = 0;
  size_t resident_bytes = 0;
  uint64_t evictions = 0;
};
void AddResidencyMetrics(const ResidencyTotals& totals, std::vector<transport::Metric>& metrics);

// Queries that had to wait for a zone, and zones that were loaded for them.
void AddColdQueryMetrics(const ParkingTotals& parking, uint64_t loads,
                         std::vector<transport::Metric>& metrics);

}  // namespace quartet::nameserver
