// A zone made of a fuzzer's input: few labels, so that names meet, with cuts, glue, aliases, wildcards, empty
// non-terminals and record sets of all sizes.
#pragma once

#include <vector>

#include "dns/name/name.h"
#include "dns/record_set/record_set.h"
#include "tests/fuzz/byte_source.h"

namespace quartet::fuzz {

// At or below the apex, `most_labels` labels deeper at most.
dns::Name TakeName(ByteSource& in, const dns::Name& apex, size_t most_labels);

// With SOA and NS at the apex, and what else a zone may have: no CNAME beside other data, one DNAME a name. No NS and
// DNAME at a wildcard, which have no settled meaning (RFC 4592 §4.2, §4.4). Every answer fits 65,535 octets, and no
// set has more than 12 servers or hosts.
std::vector<dns::RecordSet> TakeZone(ByteSource& in, const dns::Name& apex);

}  // namespace quartet::fuzz
