// Looks at the zone that an import would make: whether it keeps the rules, and how it differs from the zone there is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "controller/imports/merged_sets.h"
#include "controller/imports/pulse.h"
#include "controller/zones/faults.h"
#include "dns/name/name.h"
#include "quartet/stored/v1/entry.pb.h"

namespace quartet::controller {

struct ImportDifference {
  uint64_t added = 0;
  uint64_t changed = 0;
  uint64_t removed = 0;
  // Of the zone afterwards, without SOA and apex NS.
  uint64_t record_sets = 0;
  // The difference is too large for one entry; the edits are not here.
  bool staged = false;
  google::protobuf::RepeatedPtrField<std::string> removed_keys;
  google::protobuf::RepeatedPtrField<stored::v1::RecordPut> puts;

  uint64_t edits() const { return added + changed + removed; }
};

// What one ordinary entry may change. Judging one takes some 20 µs an edit, in which all other changes wait.
struct EntryLimits {
  uint64_t edits = 500;
  size_t bytes = 256 << 10;
};

// Memory: the limits', and RulesInOrder's.
absl::StatusOr<ImportDifference> CheckImport(MergedSets& merge, const dns::Name& apex,
                                             const std::string& file_name, const EntryLimits& limits,
                                             uint64_t total, FaultList& faults, Pulse& pulse);

}  // namespace quartet::controller
