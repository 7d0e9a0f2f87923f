// A batch of record set changes as people write it, a line for each value:
//
//   # www moves, old goes
//   upsert www 300 A 192.0.2.1
//   upsert www 300 A 192.0.2.2
//   create @ 3600 MX 10 mail
//   delete old A                     whatever it holds
//   delete old 300 TXT "as it is"    only if it is so
//
// Lines of one owner and type are one change. Empty lines and those that begin with "#" or ";" are left out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
#include "quartet/admin/v1/record_set.pb.h"

namespace quartet::admin {

struct BatchFile {
  google::protobuf::RepeatedPtrField<v1::RecordSetChange> changes;
  // Where each of them begins.
  std::vector<uint32_t> lines;
  // Lines that can't be read, in order.
  google::protobuf::RepeatedPtrField<v1::Fault> faults;
};

// `name`: what the text is called in faults.
BatchFile ParseBatch(absl::string_view text, const std::string& name);

// Gives a fault the place of the change that it is about, if it names one: owners stand in it as they were written, or
// complete, in the zone `domain_name`.
void LocateFault(const BatchFile& batch, const std::string& name, const std::string& domain_name,
                 v1::Fault& fault);

}  // namespace quartet::admin
