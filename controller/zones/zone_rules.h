// The rules a zone's record sets keep together.
#pragma once

#include <set>
#include <vector>

#include "absl/status/status.h"
#include "controller/zones/faults.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/zone_edit.h"

namespace quartet::controller {

// What a user may not touch, whatever else is there: "apex-soa", "soa-below-apex", "apex-ns",
// "ns-at-wildcard", "cname-at-apex", "ds-at-apex", "many-cnames", "many-dnames", "dname-at-wildcard".
void CheckEdit(const RecordSetEdit& edit, const dns::Name& apex, FaultList& faults);

// What can't be together at one owner: "cname-beside-other-types" (RFC 1034 §3.6.2), "ds-without-ns" (RFC 4035 §2.4),
// "dname-beside-ns" (RFC 6672 §2.3). For zones too large for CheckZone: see zone_rules_in_order.h.
void CheckTypes(const dns::Name& owner, const std::set<dns::Type>& types, const dns::Name& apex,
                FaultList& faults);

// Looks at every owner that `edits` touch in the zone as it will be: "cname-beside-other-types" (RFC 1034
// §3.6.2), "ds-without-ns" (RFC 4035 §2.4), "dname-beside-ns" and "names-below-dname" (RFC 6672 §2.3, §2.4).
absl::Status CheckZone(const ZoneEdit& edit, const std::vector<RecordSetEdit>& edits, FaultList& faults);

}  // namespace quartet::controller
