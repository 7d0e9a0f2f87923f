// The controller's end of streams, as the network sees it.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/feed/publisher.h"

namespace quartet::simulation {

class FeedEnd {
 public:
  virtual ~FeedEnd() = default;
  virtual absl::StatusOr<replication::SessionId> Open(const std::string& node,
                                                      const std::string& nameserver) = 0;
  // `disk`: which one of its disks the node had when it said so.
  virtual void Receive(replication::SessionId session, const std::string& node, uint64_t disk,
                       const replication::v1::SubscribeRequest& message) = 0;
  virtual void Close(replication::SessionId session) = 0;
};

}  // namespace quartet::simulation
