// Imports of zone files of any size: from the client's first message to the entry that makes them the zone.
// docs/imports.md says what each step costs, and what becomes of an import at each failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/host.h"
#include "controller/imports/admission.h"
#include "controller/imports/import_check.h"
#include "controller/imports/imported_file.h"
#include "controller/imports/pulse.h"
#include "controller/imports/spool.h"
#include "controller/imports/stage_driver.h"
#include "google/protobuf/repeated_field.h"
#include "quartet/admin/v1/zone.pb.h"
#include "quartet/stored/v1/zone.pb.h"

namespace quartet::controller {

// What has become of an import.
struct Imported {
  // Without an entry: the zone was so already.
  Outcome outcome;
  // Where no entry tells it.
  std::string zone_id;
  ImportDifference difference;
  // Of a preview of a zone that is there: the zone that the file was compared with.
  std::optional<stored::v1::ZoneRow> compared = std::nullopt;
  google::protobuf::RepeatedPtrField<admin::v1::Fault> warnings;
  uint32_t total_warnings = 0;
  google::protobuf::RepeatedPtrField<admin::v1::SkippedRecords> skipped;
};

// Thread-safe: each import runs on its caller's thread, which should be of low priority.
//
// Texts above `small_text` are read and checked one at a time, in the order they are complete; stages are filled one at a
// time. A small text that is a small change waits for nobody.
class ZoneImporter {
 public:
  struct Options {
    // For the spool.
    std::string directory;
    Spool::Limits spool;
    // Imports at once, those that wait included.
    size_t imports = 8;
    uint64_t small_text = uint64_t{4} << 20;
    // Memory for sorting a large text, and a small one.
    size_t sort_bytes = size_t{32} << 20;
    size_t small_sort_bytes = size_t{4} << 20;
    EntryLimits entry;
    // A new zone has nothing that an edit would have to look at.
    EntryLimits new_zone_entry{2000, 256 << 10};
    StageOptions stage;
  };

  // Makes the spool. `host` must outlive it.
  static absl::StatusOr<std::unique_ptr<ZoneImporter>> Open(Host& host, const Options& options);

  // Blocks until the import has ended; the statuses are those of ZoneService.ImportZone.
  absl::StatusOr<Imported> Import(const std::string& principal, ImportStream& stream);

 private:
  friend class ImportRun;
  ZoneImporter(Host& host, const Options& options, std::unique_ptr<Spool> spool)
      : host_(host), options_(options), spool_(std::move(spool)), admission_(options.imports) {}

  Host& host_;
  const Options options_;
  const std::unique_ptr<Spool> spool_;
  ImportAdmission admission_;
  TurnLine large_texts_;
};

}  // namespace quartet::controller
