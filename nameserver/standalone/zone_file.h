// One zone file as a standalone server takes it: with its own SOA and NS.
//
// On top of what dns/zonefile/importer.h finds, these are faults:
//   soa-missing, apex-ns-missing       RFC 1035 §5.2
//   cname-beside-other-types           RFC 1034 §3.6.2, RFC 2181 §10.1
//   many-cnames, many-dnames           RFC 2181 §10.1, RFC 6672 §2.4
// What no answer is made of is left out, with the warning "not-served": RRSIG, NSEC, NSEC3 and NSEC3PARAM record sets,
// since nothing is proven or signed here; NSEC3's owners would be names that exist. All else is taken as it stands, data
// below a cut or a DNAME too.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "dns/record_set/record_set.h"
#include "dns/zonefile/fault.h"

namespace quartet::nameserver {

struct ZoneFile {
  // Nothing if there are faults.
  std::vector<dns::RecordSet> sets;
  std::vector<dns::Fault> faults;
  // Of which `faults` are the first.
  uint32_t total_faults = 0;
  std::vector<dns::Fault> warnings;
  uint32_t total_warnings = 0;

  bool ok() const { return total_faults == 0; }
};

// A pure function. `path`: what the text is called in faults.
ZoneFile ReadZoneText(absl::string_view text, const std::string& path, const dns::Name& apex);

// All of a file of at most dns::kMaxZoneFile octets. Errors say which file: NOT_FOUND, PERMISSION_DENIED,
// INVALID_ARGUMENT (no regular file, or too large).
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);

}  // namespace quartet::nameserver
