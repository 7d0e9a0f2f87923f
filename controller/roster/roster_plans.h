// Entries that change the roster.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/sequencer/proposal.h"
#include "dns/name/name.h"

namespace quartet::controller {

// Errors are those of NameserverService and NodeService (proto/quartet/admin/v1). Where the object is so
// already, the plan is empty.

// FAILED_PRECONDITION: the stripe has nameservers under another domain, or the domain and another stripe's
// contain one another.
absl::StatusOr<Plan> PlanStripeDomain(const PlanContext& context, const std::string& stripe,
                                      const dns::Name& domain);

struct NewNameserver {
  std::string id;
  std::string stripe;
  uint32_t slot = 0;
  std::string region;
  // 4 or 16 bytes each.
  std::vector<std::string> addresses;
};
// What can be told without looking at the others: label, region, addresses.
absl::Status CheckNewNameserver(const NewNameserver& nameserver);
// Reads presentation format. INVALID_ARGUMENT: neither IPv4 nor IPv6.
absl::StatusOr<std::string> ParseAddress(absl::string_view text);
std::string AddressToString(absl::string_view bytes);
absl::StatusOr<Plan> PlanNameserver(const PlanContext& context, const NewNameserver& nameserver);

absl::Status CheckNodeId(absl::string_view id);
absl::StatusOr<Plan> PlanNode(const PlanContext& context, const std::string& id,
                              const std::string& nameserver);

// To DRAINING. NOT_FOUND: no such node.
absl::StatusOr<Plan> PlanDrain(const PlanContext& context, const std::string& node);
// JOINING -> COUNTED, DRAINING -> DRAINED. Empty where the node is in another state by now.
absl::StatusOr<Plan> PlanCounted(const PlanContext& context, const std::string& node);
absl::StatusOr<Plan> PlanDrained(const PlanContext& context, const std::string& node);

}  // namespace quartet::controller
