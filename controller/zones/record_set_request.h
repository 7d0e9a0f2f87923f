// Record set changes as they were asked for, read and checked for form.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "controller/zones/faults.h"
#include "dns/name/name.h"
#include "dns/rdata/type.h"
#include "dns/record_set/record_set.h"
#include "dns/zonefile/fault.h"
#include "google/protobuf/repeated_field.h"
#include "quartet/admin/v1/record_set.pb.h"

namespace quartet::controller {

struct RecordSetEdit {
  enum class Action { kCreate, kUpsert, kDelete } action;
  dns::Name owner;
  dns::Type type;
  // Absent: delete whatever is there.
  std::optional<dns::RecordSet> record_set;
  std::string writer;
  // Of its first record, where it comes from a zone file.
  dns::Place place = {};
  std::string comment = {};
  // It has a fault of form: owner and type are known, what it would do is not.
  bool unread = false;
};

// Reads all changes; faults of form (rules: "bad-owner", "owner-outside-zone", "bad-type", "type-not-stored",
// "bad-ttl", "bad-value", "duplicate-value", "no-values", "record-set-too-large", "text-unquoted", "bad-writer",
// "bad-comment", "bad-action", "named-twice") are added to `faults`. What has one is left out, or, where owner and type
// could be read, returned as unread, so that nobody takes the zone for what it would be without it.
std::vector<RecordSetEdit> ReadChanges(
    const google::protobuf::RepeatedPtrField<admin::v1::RecordSetChange>& changes, const dns::Name& apex,
    FaultList& faults);

// Gives faults the place in the zone file `file` of the edit of their owner and type, or else of their
// owner's first.
void LocateFaults(absl::string_view file, const std::vector<RecordSetEdit>& edits, FaultList& faults);

}  // namespace quartet::controller
