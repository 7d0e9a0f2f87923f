// What may be asked of nodes that are connected: the feed (FeedService), as those see it who only ask.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "quartet/replication/v1/feed.pb.h"

namespace quartet::replication {

// Thread-safe, and never waits for a node.
class NodeRequests {
 public:
  virtual ~NodeRequests() = default;
  // Each as Publisher's; see there.
  virtual absl::Status Inquire(const std::string& node, const quartet::replication::v1::Inquiry& inquiry) = 0;
  virtual absl::Status AllowRepair(const std::string& node, const std::string& zone_id) = 0;
  virtual absl::Status CompareZones(const std::string& node,
                                    const quartet::replication::v1::CompareZones& zones) = 0;
};

}  // namespace quartet::replication
