// A file of an import, read: what both of its forms, text and list of record sets, come to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "controller/imports/imported_sets.h"
#include "controller/zones/faults.h"
#include "dns/name/name.h"
#include "dns/rdata/type.h"
#include "dns/record_set/record_set.h"
#include "dns/zonefile/fault.h"
#include "google/protobuf/repeated_field.h"
#include "quartet/admin/v1/fault.pb.h"
#include "quartet/admin/v1/zone.pb.h"

namespace quartet::controller {

struct ImportedFile {
  // All but SOA and apex NS. Not all of them, if there are faults.
  std::unique_ptr<ImportedSets> sets;
  FaultList faults;
  // The first 1,000.
  google::protobuf::RepeatedPtrField<admin::v1::Fault> warnings;
  uint32_t total_warnings = 0;
  google::protobuf::RepeatedPtrField<admin::v1::SkippedRecords> skipped;
};

struct ImportedFileOptions {
  dns::Name apex;
  std::string file_name;
  // Memory for sorting.
  size_t sort_bytes = size_t{32} << 20;
  // Leave out what can't be stored, in place of refusing it.
  bool skip_unsupported = false;
};

// Records of types that can't be stored (controller/zones/storable.h), counted. Not thread-safe.
class UnstoredRecords {
 public:
  // Whether it is one; then it is counted, `records` times.
  bool Take(dns::Type type, dns::Place place, uint64_t records = 1);

  // To `out`: that they were left out, or one fault "type-not-stored" a type, at the first of its records.
  void Tell(const ImportedFileOptions& options, ImportedFile& out) const;

 private:
  struct Count {
    uint64_t records = 0;
    dns::Place first;
  };
  std::map<dns::Type, Count> types_;
};

// Looks at the record sets of a file one by one. Not thread-safe; what it is made of must outlive it.
class SetFilter {
 public:
  SetFilter(const ImportedFileOptions& options, FaultList& faults, dns::FaultLog& warnings)
      : options_(options), faults_(faults), warnings_(warnings) {}

  // Whether it is the zone's own, SOA or apex NS: left out, with a warning.
  bool IsOwn(const dns::RecordSet& set);
  // Whether it keeps the rules of single sets (CheckEdit). If not, its faults are told.
  bool Keeps(dns::RecordSet set, dns::Place place);

 private:
  const ImportedFileOptions& options_;
  FaultList& faults_;
  dns::FaultLog& warnings_;
};

// Faults that the reader found itself go before those that are in `out`.
void AddFaults(dns::FaultLog& faults, ImportedFile& out);
void AddWarnings(dns::FaultLog& warnings, ImportedFile& out);

}  // namespace quartet::controller
