// The entries that users' actions become. What the controller has a plan for is planned by that; moves between
// nameservers, undeletion, digest keys and the steps of imports, which stored formats and nodes know, are planned here.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "controller/sequencer/proposal.h"
#include "controller/zones/zone_plans.h"
#include "dns/name/name.h"

namespace quartet::simulation {

// Precondition: it is one.
dns::Name NameOf(const std::string& text);

// "zone-3.example." with a few record sets, or some more.
absl::StatusOr<controller::Plan> PlanCreation(const controller::PlanContext& context, uint64_t number,
                                              uint64_t salt, const controller::UsageFn& usage);
// One to four record sets put or removed, as `salt` says.
absl::StatusOr<controller::Plan> PlanChange(const controller::PlanContext& context,
                                            const std::string& zone_id, uint64_t salt);
absl::StatusOr<controller::Plan> PlanUndeletion(const controller::PlanContext& context,
                                                const std::string& zone_id);
// To the other nameserver of stripe a, or d, or both.
absl::StatusOr<controller::Plan> PlanMove(const controller::PlanContext& context, const std::string& zone_id,
                                          uint64_t salt);
// Its number is the time: one that was used before a restore is never used again.
absl::StatusOr<controller::Plan> PlanDigestKey(const controller::PlanContext& context);

// The next chunk of the zone's import; the first one if none is open.
absl::StatusOr<controller::Plan> PlanChunk(const controller::PlanContext& context, const std::string& zone_id,
                                           uint64_t salt);
absl::StatusOr<controller::Plan> PlanFlip(const controller::PlanContext& context, const std::string& zone_id);
absl::StatusOr<controller::Plan> PlanAbort(const controller::PlanContext& context,
                                           const std::string& zone_id);

// Of its history, at some revision; and of a deleted zone whose deletion is INSYNC.
absl::StatusOr<controller::Plan> PlanCut(const controller::PlanContext& context, const std::string& zone_id,
                                         uint64_t salt);
absl::StatusOr<controller::Plan> PlanPurge(const controller::PlanContext& context,
                                           const std::string& zone_id);

}  // namespace quartet::simulation
