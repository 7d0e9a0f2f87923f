// A zone file as the record sets of a new zone.
#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "controller/zones/faults.h"
#include "controller/zones/record_set_request.h"
#include "dns/name/name.h"
#include "dns/zonefile/fault.h"
#include "google/protobuf/repeated_field.h"
#include "quartet/admin/v1/zone.pb.h"

namespace quartet::controller {

// Its SOA and apex NS are left out, with the warnings "soa-left-out" and "apex-ns-left-out". Faults: those of
// dns/zonefile/importer.h and "type-not-stored"; nothing is returned then.
std::vector<RecordSetEdit> ImportZoneFile(absl::string_view text, absl::string_view file_name,
                                          const dns::Name& apex, FaultList& faults,
                                          google::protobuf::RepeatedPtrField<admin::v1::Fault>& warnings);

// The same, as the API tells it.
admin::v1::Fault FaultMessage(dns::Fault fault);

// About how many bytes of an entry these take.
size_t EntryBytes(const std::vector<RecordSetEdit>& edits);

}  // namespace quartet::controller
