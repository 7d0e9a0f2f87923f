// Entries that keep what a registry told by poll, and what follows from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "controller/registrar/registries/registry_client.h"
#include "controller/sequencer/proposal.h"

namespace quartet::controller {

// What is known of a message before it is logged.
struct HeardMessage {
  // Name of its registry.
  std::string registry;
  RegistryClient::Message message;
  // It tells that its domain was transferred away, and info agrees that it is not ours.
  bool domain_left = false;
};

// The name of the domain that it is about, as rows have it; empty: it tells none.
std::string DomainOf(const RegistryClient::Message& message);
// Whether it tells that a transfer has ended with the domain at another registrar than `client`.
bool TellsDeparture(const RegistryClient::Message& message, const std::string& client);

// The message's row, the decision for the operation that waits for it, and without the row of a domain that has left. Empty: that
// was logged already. UNAVAILABLE: an operation has the domain that has left; it will find out, and the message is to be
// taken then.
absl::StatusOr<Plan> PlanMessage(const PlanContext& context, const HeardMessage& heard);

// Removes messages that were logged before `before_us`, at most `limit`, looking at those above `after`, which becomes the last
// one looked at, or empty: there are no more.
absl::StatusOr<Plan> PlanMessagePurge(const PlanContext& context, int64_t before_us, size_t limit,
                                      std::string& after);

}  // namespace quartet::controller
