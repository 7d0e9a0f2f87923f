// From the text of a zone file to its record sets, in order and in bounded memory.
#pragma once

#include "absl/status/statusor.h"
#include "controller/imports/imported_file.h"
#include "controller/imports/pulse.h"
#include "controller/imports/spool.h"

namespace quartet::controller {

// Takes, leaves out, merges and refuses what ImportZoneFile (controller/zones/zone_import.h) and CheckEdit do, under the
// same rules, but that types that can't be stored are told once each: records are sorted by owner and type, those of one set
// in the order of the file. Rules of single sets are looked at only where the text could be read.
//
// Memory: sort_bytes and a third, 64 KiB for each such part of the records, one record set, 1 MiB of the text, 2,000 faults.
absl::StatusOr<ImportedFile> ReadImportedText(const SpoolFile& text, const ImportedFileOptions& options,
                                              Spool& spool, Pulse& pulse);

}  // namespace quartet::controller
