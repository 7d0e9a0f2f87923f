// The list of a zone's record sets as YAML, or JSON, which is YAML:
//
//   record_sets:
//     - owner: www              # completed with the zone's name; "@" is the zone itself
//       type: A
//       ttl: 300
//       values: [192.0.2.1, 192.0.2.2]
//       writer: external-dns/a  # may be left out, as may comment
//
// or the list alone. Beside it `zone` and `revision`, which an export writes, are not looked at.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <memory>
#include <string>

#include "google/protobuf/repeated_field.h"
#include "quartet/admin/v1/fault.pb.h"
#include "quartet/admin/v1/zone.pb.h"

namespace quartet::admin {

// Reads it record set by record set. Memory: one record set, and 1,000 faults. Not thread-safe; the stream must outlive it.
class RecordSetsFile {
 public:
  // `name`: what the file is called in faults.
  RecordSetsFile(std::istream& in, const std::string& name);
  ~RecordSetsFile();
  RecordSetsFile(const RecordSetsFile&) = delete;
  RecordSetsFile& operator=(const RecordSetsFile&) = delete;

  // The next one that is well formed; behind a fault it goes on with the next, behind an error of syntax it ends. False:
  // that was all. What its values say is the controller's to judge.
  bool Next(v1::ImportedRecordSet* set);

  // With their lines and columns; the first 1,000 of total_faults(). Rules: "yaml" (no YAML, or an alias), "unknown-key",
  // "missing-key", "wrong-kind" (a list in place of a text, ...), "bad-ttl".
  const google::protobuf::RepeatedPtrField<v1::Fault>& faults() const;
  uint32_t total_faults() const;

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace quartet::admin
