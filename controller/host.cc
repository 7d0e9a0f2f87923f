#include "controller/host.h"

#include <future>
#include <utility>

namespace quartet::controller {

absl::StatusOr<Outcome> ProposeAndWait(Host& host, Proposal proposal) {
  // Shared, so that it outlives the call that fulfils it.
  auto promise = std::make_shared<std::promise<absl::StatusOr<Outcome>>>();
  std::future<absl::StatusOr<Outcome>> result = promise->get_future();
  host.ProposeAsync(std::move(proposal),
                    [promise](absl::StatusOr<Outcome> outcome) { promise->set_value(std::move(outcome)); });
  return result.get();
}

absl::StatusOr<Outcome> AskWhetherDone(Host& host, Proposal proposal) {
  if (proposal.request_id.empty()) return Outcome();
  proposal.plan = [](const PlanContext&) -> absl::StatusOr<Plan> { return Plan{}; };
  return ProposeAndWait(host, std::move(proposal));
}

}  // namespace quartet::controller
