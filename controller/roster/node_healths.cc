#include "controller/roster/node_healths.h"

#include <google/protobuf/util/time_util.h>

namespace quartet::controller {
namespace {

using google::protobuf::util::TimeUtil;

admin::v1::NodeHealth HealthMessage(const quartet::replication::v1::Health& health, int64_t wall_us) {
  admin::v1::NodeHealth message;
  *message.mutable_report_time() = TimeUtil::MicrosecondsToTimestamp(wall_us);
  message.set_zones(health.zones());
  message.set_zones_behind(health.zones_behind());
  message.set_zones_failing(health.zones_failing());
  if (health.scrub_end_us() > 0) {
    *message.mutable_scrub_end_time() = TimeUtil::MicrosecondsToTimestamp(health.scrub_end_us());
    message.set_scrub_damaged(health.scrub_damaged());
  }
  message.set_scrub_zones_done(health.scrub_zones_done());
  *message.mutable_alarms() = health.alarms();
  message.set_disk_bytes(health.disk_bytes());
  message.set_memory_bytes(health.memory_bytes());
  return message;
}

}  // namespace

bool NodeHealths::Update(const std::string& node, const quartet::replication::v1::Health& health,
                         int64_t wall_us) {
  admin::v1::NodeHealth message = HealthMessage(health, wall_us);
  const std::lock_guard<std::mutex> lock(mutex_);
  admin::v1::NodeHealth& known = nodes_[node];
  const bool moved = known.alarms_size() != message.alarms_size();
  known = std::move(message);
  return moved;
}

std::optional<admin::v1::NodeHealth> NodeHealths::Of(const std::string& node) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = nodes_.find(node);
  if (found == nodes_.end()) return std::nullopt;
  return found->second;
}

size_t NodeHealths::alarms(const std::string& node) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = nodes_.find(node);
  return found == nodes_.end() ? 0 : static_cast<size_t>(found->second.alarms_size());
}

}  // namespace quartet::controller
