// Ids of zones and changes: a letter and 13 characters of 0-9A-HJKMNP-TV-Z (Crockford's base 32): 65 random
// bits.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "replication/base/clock.h"

namespace quartet::controller {

std::string NewZoneId(replication::Random& random);
std::string NewChangeId(replication::Random& random);

bool IsZoneId(absl::string_view text);
bool IsChangeId(absl::string_view text);

}  // namespace quartet::controller
