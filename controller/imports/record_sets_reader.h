// From a list of record sets, as clients send it, to those of a zone, in order and in bounded memory.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/imports/imported_file.h"
#include "controller/imports/pulse.h"
#include "controller/imports/spool.h"
#include "quartet/admin/v1/zone.pb.h"

namespace quartet::controller {

// Puts them behind those that are in the spool file.
absl::Status SpoolRecordSets(const admin::v1::ImportedRecordSets& record_sets, SpoolFile& file);

// Takes what SpoolRecordSets wrote. Record sets are read as those of a batch (ReadChanges), and refused under its rules and
// those of CheckEdit; one that is named twice is refused ("named-twice"), SOA and apex NS are left out with a warning.
//
// Memory: as ReadImportedText (import_reader.h).
absl::StatusOr<ImportedFile> ReadImportedRecordSets(const SpoolFile& file, const ImportedFileOptions& options,
                                                    Spool& spool, Pulse& pulse);

}  // namespace quartet::controller
