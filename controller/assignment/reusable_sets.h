// Reusable delegation sets: four nameservers under a name, that zones can be created with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/assignment/four.h"
#include "controller/roster/roster.h"
#include "controller/sequencer/proposal.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

struct NewDelegationSet {
  std::string id;
  std::string comment;
  std::string account;
  // Ids; none: four are chosen.
  std::vector<std::string> nameservers;
};

// Errors: those of DelegationSetService (proto/quartet/admin/v1/delegation.proto).
absl::StatusOr<Plan> PlanDelegationSet(const PlanContext& context, const NewDelegationSet& set,
                                       const UsageFn& usage);
// NOT_FOUND. That no zone uses it is the caller's to check: a zone that is made meanwhile keeps its four.
absl::StatusOr<Plan> PlanDelegationSetDeletion(const PlanContext& context, const std::string& id);

// In the place of `old_nameserver`, wherever that is in a reusable set, comes `replacement`: effects for an entry.
absl::Status ReplaceInDelegationSets(const PlanContext& context, const std::string& old_nameserver,
                                     const std::string& replacement, Plan& plan);

// NOT_FOUND; FAILED_PRECONDITION: one of its four takes no zones.
absl::StatusOr<Four> FourOfDelegationSet(const store::Reader& view, const Roster& roster,
                                         const std::string& id);

// In order of their ids.
absl::StatusOr<std::vector<Versioned<stored::v1::DelegationSetRow>>> ReadDelegationSets(
    const store::Reader& reader);

}  // namespace quartet::controller
