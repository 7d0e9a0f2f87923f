// The first entry of a leader's term.
#pragma once

#include <string>
#include <vector>

#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/base/clock.h"

namespace quartet::controller {

inline constexpr char kAssignmentSecret[] = "assignment";

// Aborts `stages`, which are all that are open.
stored::v1::Entry TermEntry(const std::string& controller, const std::vector<stored::v1::StageRow>& stages);

// On a new log also: the secrets "digest/1" and "assignment", and the stripes "a" to "d" without domains.
stored::v1::Entry FoundingEntry(const std::string& controller, replication::Random& random);

}  // namespace quartet::controller
