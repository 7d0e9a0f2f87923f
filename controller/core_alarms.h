// Alarms of a status. Private to the core.
#pragma once

#include <string>

#include "quartet/admin/v1/status.pb.h"

namespace quartet::controller {

// Alarms listed in a status.
inline constexpr int kMaxAlarms = 100;

// Counts it, and lists it if there is room.
void AddAlarm(std::string source, std::string zone, std::string message, admin::v1::Status& status);

}  // namespace quartet::controller
