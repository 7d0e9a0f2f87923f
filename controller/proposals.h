// From requests of the admin API to proposals.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "controller/caller.h"
#include "controller/requests.h"
#include "controller/sequencer/proposal.h"

namespace quartet::controller {

// "zones/x" -> "x" of a collection; INVALID_ARGUMENT if it is none of it.
absl::StatusOr<std::string> IdIn(absl::string_view collection, absl::string_view name);

template <typename Request>
absl::StatusOr<Proposal> MakeProposal(const Caller& caller, absl::string_view account, absl::string_view call,
                                      const Request& request, PlanFn plan) {
  Proposal proposal;
  proposal.account = std::string(account);
  proposal.principal = caller.principal;
  if constexpr (requires { request.request_id(); }) {
    if (request.request_id().size() > kMaxRequestId) {
      return absl::InvalidArgumentError(absl::StrCat("request_id is over ", kMaxRequestId, " bytes"));
    }
    proposal.request_id = request.request_id();
    proposal.request_hash = HashOf(call, request);
  }
  proposal.plan = std::move(plan);
  proposal.bytes = request.ByteSizeLong();
  return proposal;
}

}  // namespace quartet::controller
