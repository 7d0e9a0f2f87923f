// The first entry of a leader's term.
#pragma once

#include <string>

#include "quartet/stored/v1/entry.pb.h"
#include "replication/base/clock.h"

namespace quartet::controller {

inline constexpr char kAssignmentSecret[] = "assignment";

stored::v1::Entry TermEntry(const std::string& controller);

// On a new log also: the secrets "digest/1" and "assignment", and the stripes "a" to "d" without domains.
stored::v1::Entry FoundingEntry(const std::string& controller, replication::Random& random);

}  // namespace quartet::controller
