// Ids of zones, changes and operations: a letter and 13 characters of 0-9A-HJKMNP-TV-Z (Crockford's base 32): 65 random
// bits, of operations 20 behind the time.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "replication/base/clock.h"

namespace quartet::controller {

std::string NewZoneId(replication::Random& random);
std::string NewChangeId(replication::Random& random);

// One of a later millisecond is lower, so that the latest comes first.
std::string NewOperationId(int64_t time_us, replication::Random& random);
// Above those of later milliseconds, and not above any of this one.
std::string FirstOperationId(int64_t time_us);

bool IsZoneId(absl::string_view text);
bool IsChangeId(absl::string_view text);
bool IsOperationId(absl::string_view text);

}  // namespace quartet::controller
