#include "controller/core_alarms.h"

#include <utility>

namespace quartet::controller {

void AddAlarm(std::string source, std::string zone, std::string message, admin::v1::Status& status) {
  status.set_alarms_total(status.alarms_total() + 1);
  if (status.alarms_size() >= kMaxAlarms) return;
  admin::v1::Alarm& alarm = *status.add_alarms();
  alarm.set_source(std::move(source));
  alarm.set_zone(std::move(zone));
  alarm.set_message(std::move(message));
}

}  // namespace quartet::controller
