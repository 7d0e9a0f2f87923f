// A name that stands in the response, and where each of its labels does.
#pragma once

#include <cstddef>
#include <cstdint>

#include "nameserver/zone/lookup_name.h"

namespace quartet::nameserver {

// Plain data on the stack.
struct PlacedName {
  LookupName name;
  // Position of label i in the message; at[name.labels] is the root octet.
  uint16_t at[dns::Name::kMaxLabels + 1];

  // The name at `position` of a message of ours: well formed, pointers lead backward.
  void Read(const uint8_t* message, size_t position);
  // At or below the apex, which is the suffix of `question` with `apex_labels` labels.
  bool IsWithin(const LookupName& question, size_t apex_labels) const;
};

}  // namespace quartet::nameserver
