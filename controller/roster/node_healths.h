// How nodes are, as they told last (feed.proto, Health).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "quartet/admin/v1/node.pb.h"
#include "quartet/replication/v1/feed.pb.h"

namespace quartet::controller {

// Thread-safe. One of each node that ever was connected to this controller, of 64 KiB at most (the feed takes no larger
// ones); kept when it goes, for then it is what is known of it.
class NodeHealths {
 public:
  // True if the node has another number of alarms than before.
  bool Update(const std::string& node, const quartet::replication::v1::Health& health, int64_t wall_us);
  // nullopt: it told nothing yet.
  std::optional<admin::v1::NodeHealth> Of(const std::string& node) const;
  size_t alarms(const std::string& node) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, admin::v1::NodeHealth> nodes_;
};

}  // namespace quartet::controller
