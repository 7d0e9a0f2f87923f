// A controller that is not the service's any more: its log was restored elsewhere, and nobody told it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "replication/feed/publisher.h"
#include "replication/log/log.h"
#include "replication/store/memory_store.h"
#include "tests/simulation/feed_end.h"
#include "tests/simulation/world.h"

namespace quartet::simulation {

// It feeds whoever comes from what it has, and takes no changes.
class OldController : public FeedEnd {
 public:
  struct Outside {
    std::function<void(replication::SessionId, const replication::v1::SubscribeResponse&)> send;
    std::function<void(replication::SessionId)> end;
  };
  OldController(World& world, std::unique_ptr<store::MemoryStore> disk, Outside outside);

  absl::StatusOr<replication::SessionId> Open(const std::string& node,
                                              const std::string& nameserver) override;
  void Receive(replication::SessionId session, const std::string& node, uint64_t disk,
               const replication::v1::SubscribeRequest& message) override;
  void Close(replication::SessionId session) override;

 private:
  void Pump();

  const std::unique_ptr<store::MemoryStore> disk_;
  const Outside outside_;
  std::unique_ptr<replication::Log> log_;
  std::unique_ptr<replication::Publisher> publisher_;
};

}  // namespace quartet::simulation
