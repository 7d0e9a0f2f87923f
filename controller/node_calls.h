// What the controller's core has the feed say to nodes.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "quartet/replication/v1/feed.pb.h"

namespace quartet::controller {

// Thread-safe; errors as those of replication::Publisher. None of them waits for the node.
struct NodeCalls {
  std::function<absl::Status(const std::string& node, const quartet::replication::v1::Inquiry& inquiry)>
      inquire;
  std::function<absl::Status(const std::string& node, const std::string& zone_id)> allow_repair;
  std::function<absl::Status(const std::string& node, const quartet::replication::v1::CompareZones& zones)>
      compare_zones;
};

}  // namespace quartet::controller
