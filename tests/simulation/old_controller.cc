#include "tests/simulation/old_controller.h"

#include <utility>

#include "dns/base/check.h"
#include "replication/log/embedded_log.h"

namespace quartet::simulation {

OldController::OldController(World& world, std::unique_ptr<store::MemoryStore> disk, Outside outside)
    : disk_(std::move(disk)), outside_(std::move(outside)) {
  absl::StatusOr<std::unique_ptr<replication::Log>> log = replication::OpenEmbeddedLog(*disk_, 0);
  QUARTET_CHECK(log.ok());
  log_ = *std::move(log);
  publisher_ = replication::Publisher::Create(*log_, *disk_, world.clock, {.part_bytes = 512});
  const absl::StatusOr<replication::Log::Head> head = log_->ReadHead();
  QUARTET_CHECK(head.ok());
  publisher_->Committed(head->position);
}

absl::StatusOr<replication::SessionId> OldController::Open(const std::string& node,
                                                           const std::string& nameserver) {
  return publisher_->Open(node, nameserver);
}

void OldController::Receive(replication::SessionId session, const std::string&, uint64_t,
                            const replication::v1::SubscribeRequest& message) {
  if (!publisher_->Receive(session, message).ok()) {
    publisher_->Close(session);
    outside_.end(session);
  }
  Pump();
}

void OldController::Close(replication::SessionId session) { publisher_->Close(session); }

void OldController::Pump() {
  for (bool more = true; more;) {
    const replication::Publisher::Output output = publisher_->Take();
    for (const auto& message : output.messages) outside_.send(message.session, message.message.Parse());
    for (const auto& end : output.ended) outside_.end(end.session);
    std::unique_ptr<replication::Publisher::Turn> turn = publisher_->TakeTurn();
    more = turn != nullptr;
    if (!more) continue;
    turn->Run();
    publisher_->EndTurn(std::move(turn));
  }
}

}  // namespace quartet::simulation
