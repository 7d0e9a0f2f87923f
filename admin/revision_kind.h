// What a change did to its zone, in a word.
#pragma once

#include <string>

#include "quartet/admin/v1/history.pb.h"

namespace quartet::admin {

// "created", "changed", …; "-" where it is not told.
std::string KindText(v1::ZoneRevision::Kind kind);

}  // namespace quartet::admin
