// The rules a zone's record sets keep together.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
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

// A DNAME that is put tells of the first name below it; below one that was there, each name that is put is told.
inline constexpr char kNamesBelowDname[] = "names-below-dname";
std::string BelowDname(absl::string_view name);
std::string UnderDname(const dns::Name& dname);

// Looks at every owner that `edits` touch in the zone as it will be, each once: what CheckTypes finds, and
// "names-below-dname" (RFC 6672 §2.4). Where an edit is unread, nothing is said of its owner. Precondition: the zone kept
// the rules before.
absl::Status CheckZone(const ZoneEdit& edit, const std::vector<RecordSetEdit>& edits, FaultList& faults);

}  // namespace quartet::controller
