// From the text of a zone file to its record sets, in order and in bounded memory.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/imports/imported_sets.h"
#include "controller/imports/pulse.h"
#include "controller/imports/spool.h"
#include "controller/zones/faults.h"
#include "dns/name/name.h"
#include "quartet/admin/v1/zone.pb.h"

namespace quartet::controller {

struct ImportedText {
  // All but SOA and apex NS. Not all of them, if there are faults.
  std::unique_ptr<ImportedSets> sets;
  FaultList faults;
  // The first 1,000.
  google::protobuf::RepeatedPtrField<admin::v1::Fault> warnings;
  uint32_t total_warnings = 0;
};

struct ImportedTextOptions {
  dns::Name apex;
  std::string file_name;
  // Memory for sorting.
  size_t sort_bytes = size_t{32} << 20;
};

// Takes, leaves out, merges and refuses what ImportZoneFile (controller/zones/zone_import.h) and CheckEdit do, under the
// same rules: records are sorted by owner and type, those of one set in the order of the file. Rules of single sets are
// looked at only where the text could be read.
//
// Memory: sort_bytes and a third, 64 KiB for each such part of the records, one record set, 1 MiB of the text, 2,000 faults.
absl::StatusOr<ImportedText> ReadImportedText(const SpoolFile& text, const ImportedTextOptions& options,
                                              Spool& spool, Pulse& pulse);

}  // namespace quartet::controller
