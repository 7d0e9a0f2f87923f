#include "nameserver/standalone/memory_zones.h"

#include <utility>

#include "nameserver/standalone/zone_id.h"
#include "nameserver/zone/tree.h"

namespace quartet::nameserver {

absl::Status MemoryZones::Add(const dns::Name& apex, const std::vector<ZoneRecord>& records) {
  ZoneBuilder builder(apex);
  for (const ZoneRecord& record : records) {
    if (absl::Status status = builder.Add(record.key, record.served); !status.ok()) return status;
  }
  absl::Status status = directory_.Install(StandaloneZoneId(zones_), std::move(builder));
  if (status.ok() && ++zones_ % kStaged == 0) directory_.Publish();
  return status;
}

}  // namespace quartet::nameserver
