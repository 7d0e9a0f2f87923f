// A record set as nodes get it, in somebody else's bytes.
#pragma once

#include "absl/strings/string_view.h"

namespace quartet::replication {

struct ServedRecordView {
  absl::string_view key;
  absl::string_view served;
};

}  // namespace quartet::replication
