// Entries that change the roster.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/roster/roster.h"
#include "controller/sequencer/proposal.h"
#include "dns/name/name.h"
#include "google/protobuf/repeated_field.h"
#include "quartet/stored/v1/zone.pb.h"

namespace quartet::controller {

// Errors are those of NameserverService and NodeService (proto/quartet/admin/v1). Where the object is so
// already, the plan is empty.

// FAILED_PRECONDITION: the stripe has nameservers under another domain, or the domain and another stripe's
// contain one another.
absl::StatusOr<Plan> PlanStripeDomain(const PlanContext& context, const std::string& stripe,
                                      const dns::Name& domain);

// A host name's label (RFC 1123 §2.1), lower-case so that ids and names agree.
bool IsLabel(absl::string_view text);

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
absl::StatusOr<std::vector<std::string>> ParseAddresses(
    const google::protobuf::RepeatedPtrField<std::string>& texts);
std::string AddressToString(absl::string_view bytes);
// 1 to 16 of them, none twice.
absl::Status CheckAddresses(const std::vector<std::string>& addresses);
// INVALID_ARGUMENT: one is that of another nameserver than `id`, RETIRED ones apart.
absl::Status CheckAddressesFree(const Roster& roster, const std::string& id,
                                const std::vector<std::string>& addresses);
// ALREADY_EXISTS: there is, or was, a nameserver of that name.
absl::Status CheckNameFree(const Roster& roster, const std::string& id);
// FAILED_PRECONDITION: the stripe has no domain yet.
absl::StatusOr<stored::v1::NameserverRow> NewNameserverRow(const Roster& roster,
                                                           const NewNameserver& nameserver);
// An effect that makes `row` the nameserver's.
void AddNameserverEffect(Plan& plan, uint64_t revision, const stored::v1::NameserverRow& row);
absl::StatusOr<Plan> PlanNameserver(const PlanContext& context, const NewNameserver& nameserver);

absl::Status CheckNodeId(absl::string_view id);
absl::StatusOr<Plan> PlanNode(const PlanContext& context, const std::string& id,
                              const std::string& nameserver);

// To DRAINING. NOT_FOUND: no such node.
absl::StatusOr<Plan> PlanDrain(const PlanContext& context, const std::string& node);
// To DRAINED, and says in its row that it did not confirm that. NOT_FOUND: no such node.
absl::StatusOr<Plan> PlanForcedDrain(const PlanContext& context, const std::string& node);
// JOINING -> COUNTED, DRAINING -> DRAINED. Empty where the node is in another state by now.
absl::StatusOr<Plan> PlanCounted(const PlanContext& context, const std::string& node);
absl::StatusOr<Plan> PlanDrained(const PlanContext& context, const std::string& node);

}  // namespace quartet::controller
