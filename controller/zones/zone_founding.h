// What a zone has before anybody fills it: an id, four nameservers, SOA and apex NS.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/assignment/four.h"
#include "controller/sequencer/proposal.h"
#include "controller/zones/faults.h"
#include "dns/name/name.h"
#include "dns/record_set/record_set.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

inline constexpr uint32_t kApexNsTtl = 172800;
inline constexpr uint32_t kSoaTtl = 900;
// SOA and apex NS: what a zone always has.
inline constexpr uint64_t kOwnRecordSets = 2;

// "zone-name": a wildcard, or too long for its SOA.
void CheckZoneName(const dns::Name& name, FaultList& faults);

struct ZoneToBe {
  dns::Name name;
  std::string account;
  std::string comment;
  // Id of the reusable set whose four it is to have; empty: four are chosen.
  std::string delegation_set = {};
};

struct FoundedZone {
  // With id, name, account, comment, serial and assignments.
  stored::v1::ZoneRow row;
  // SOA and apex NS.
  std::vector<dns::RecordSet> own;
};

// FAILED_PRECONDITION: no delegation set can be formed, or the one asked for may not be given to it; says why. NOT_FOUND:
// there is no such set. The name has passed CheckZoneName.
absl::StatusOr<FoundedZone> FoundZone(const PlanContext& context, const ZoneToBe& zone, const UsageFn& usage);

// Why a zone that is not there (yet, or any more) can't have the nameservers of its row; empty: it can.
absl::StatusOr<std::string> ObstacleToSet(const store::Reader& view, const stored::v1::ZoneRow& zone);
// Whether a zone founded some time ago could still be made with these nameservers. ABORTED: it could not.
absl::Status CheckStillFree(const PlanContext& context, const FoundedZone& founded);

// The zone, for users to change. NOT_FOUND: there is no such zone, or none any more. FAILED_PRECONDITION "system-zone": it is
// the system's (system_zones.h).
absl::StatusOr<stored::v1::ZoneRow> ActiveZone(const store::Reader& view, const std::string& zone_id);

}  // namespace quartet::controller
