// What a zone has before anybody fills it: an id, four nameservers, SOA and apex NS.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
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

// "zone-name": a wildcard, the root, or too long for its SOA.
void CheckZoneName(const dns::Name& name, FaultList& faults);

// Zones each nameserver has now, by its name. Only for balance: may be a little old.
using UsageFn = std::function<uint64_t(const std::string& nameserver)>;

struct ZoneToBe {
  dns::Name name;
  std::string account;
  std::string comment;
};

struct FoundedZone {
  // With id, name, account, comment, serial and assignments.
  stored::v1::ZoneRow row;
  // SOA and apex NS.
  std::vector<dns::RecordSet> own;
};

// FAILED_PRECONDITION: no delegation set can be formed; says what is missing. The name has passed CheckZoneName.
absl::StatusOr<FoundedZone> FoundZone(const PlanContext& context, const ZoneToBe& zone, const UsageFn& usage);

// Whether a zone founded some time ago could still be made with these nameservers. ABORTED: it could not.
absl::Status CheckStillFree(const PlanContext& context, const ZoneToBe& zone, const FoundedZone& founded);

// NOT_FOUND: there is no such zone, or none any more.
absl::StatusOr<stored::v1::ZoneRow> ActiveZone(const store::Reader& view, const std::string& zone_id);

}  // namespace quartet::controller
