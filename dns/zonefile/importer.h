// Zone-file import: text to record sets (RFC 1035 §5, RFC 2308 §4), all faults named with line and column.
//
// Names without a final dot are completed with the origin, in owners and in record data. Directives: $ORIGIN,
// $TTL, $GENERATE (generate.h); $INCLUDE is refused. What must hold between record sets (no CNAME beside
// other types, ...) is not checked here.
//
// Rules that faults name:
//   file-too-large, too-many-records   over the options' bounds; reading stops there
//   syntax                             quotes, parentheses, control characters; an entry that ends too early
//   directive, include, generate       a wrong or refused directive
//   owner                              no valid name, or no owner known yet
//   owner-outside-zone                 not at or below the apex
//   ttl, ttl-missing                   none at all, or over 2^31 - 1; none given and none known
//   class                              not IN
//   unknown-type                       no type, or one that is never stored
//   record-data                        data that is not well formed; the message names the field
//   soa                                not at the apex, or a second one that differs
//   record-set                         too large for a response
// Rules that warnings name:
//   duplicate-record                   dropped
//   ttl-differs                        in one set (RFC 2181 §5.2); the lowest is taken
//   ttl-from-soa                       no TTL known: the SOA's minimum is taken
//   final-dot-missing                  a name that looks absolute was completed with the origin
//   text-unquoted                      TXT of several strings that are not all in quotes: `v=spf1 -all`
//   string-split                       TXT with a string of over 255 octets, which becomes several
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "dns/record_set/record_set.h"
#include "dns/zonefile/fault.h"
#include "dns/zonefile/zone_reader.h"

namespace quartet::dns {

// The longest file read.
inline constexpr size_t kMaxZoneFile = size_t{1} << 30;

struct ImportResult {
  // In the order of their first records, but for SOA and apex NS. Empty if there are faults, as are the next
  // two.
  std::vector<RecordSet> record_sets;
  // Where the first record of each stands: as many, in the same order.
  std::vector<Place> places;
  // What a hosted zone has of its own: for the caller to leave out or use.
  std::optional<RecordSet> soa;
  std::optional<RecordSet> apex_ns;

  // In the order of the file, sets that can't be made behind all others. Any fault means that nothing is to
  // be imported.
  std::vector<Fault> faults;
  uint32_t total = 0;
  std::vector<Fault> warnings;
  uint32_t total_warnings = 0;

  bool ok() const { return total == 0; }
};

// Time and memory are linear in the text and in the records that $GENERATE makes. A pure function.
ImportResult Import(absl::string_view text, const ImportOptions& options);

}  // namespace quartet::dns
