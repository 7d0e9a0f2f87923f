// The file of an import, in the pieces that it is sent in.
#pragma once

#include <istream>
#include <memory>
#include <string>

#include "google/protobuf/repeated_field.h"
#include "quartet/admin/v1/fault.pb.h"
#include "quartet/admin/v1/zone.pb.h"

namespace quartet::admin {

// Read once from its begin. Not thread-safe.
class ImportSource {
 public:
  virtual ~ImportSource() = default;
  // False: that was all, or it can't be read on.
  virtual bool Next(v1::ImportZoneRequest* piece) = 0;
  virtual v1::ImportEnd end() const = 0;
  // Nothing is to be imported: it could not be read to its end, or has faults.
  virtual bool failed() const = 0;
  virtual google::protobuf::RepeatedPtrField<v1::Fault> faults() const { return {}; }
};

// Zone-file text, in pieces of 256 KiB. The stream must outlive it.
std::unique_ptr<ImportSource> MakeTextSource(std::istream& in);

// The list of record_sets_file.h, in pieces of some 64 KiB. The stream must outlive it.
std::unique_ptr<ImportSource> MakeRecordSetsSource(std::istream& in, const std::string& name);

}  // namespace quartet::admin
