// The version of this software, as programs and the feed tell it.
#pragma once

#include "absl/strings/string_view.h"

namespace quartet::replication {

inline constexpr absl::string_view kVersion = "0.1.0";

}  // namespace quartet::replication
