// Entries that move a zone from some nameservers to others, so that nobody ever meets one that does not know it:
//
//   1. the new ones are JOINING: they get the zone, nobody is sent to them
//   2. once all their counted nodes serve it: SERVING, and the apex NS names them; the old ones, which it names no longer, are
//      RETIRING: still updated, still answering, still counted
//   3. once 2 is INSYNC and the registry delegates to the new ones: caches learn of the old ones no more, and it is
//      known when the last one forgets them (Assignment.until_us)
//   4. then they have left the zone
//
// A zone's row says all of it, so a controller goes on wherever the last one was.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/assignment/four.h"
#include "controller/sequencer/proposal.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Where a zone's move is.
struct MoveState {
  enum class Stage {
    // No move, or all that is left of it are nameservers that retire at a known time.
    kNone,
    kJoining,
    // RETIRING ones whose time is not known yet.
    kLeaving,
  };
  Stage stage = Stage::kNone;
  // Of the entry that began the stage.
  uint64_t since_revision = 0;
  std::vector<std::string> joining;
  // When the first one that retires has retired; INT64_MAX: none does.
  int64_t until_us = INT64_MAX;

  bool moving() const { return stage != Stage::kNone || until_us != INT64_MAX; }
};
MoveState MoveStateOf(const stored::v1::ZoneRow& row);

// A revision of a zone, and where it was logged.
struct ZonePoint {
  std::string zone_id;
  uint64_t index = 0;
  uint64_t revision = 0;
};
// Whether every counted node of a nameserver (one at least), as `view` shows them, has acknowledged that.
using CoversFn = std::function<absl::StatusOr<bool>(const store::Reader& view, const std::string& nameserver,
                                                    const ZonePoint& point)>;

// Where to; neither: four are chosen anew.
struct MoveTarget {
  std::vector<std::string> nameservers;
  std::string delegation_set;
};
// Step 1. Errors: those of ReassignZone (proto/quartet/admin/v1/delegation.proto). Empty: the zone has these four.
absl::StatusOr<Plan> PlanMove(const PlanContext& context, const std::string& zone_id,
                              const MoveTarget& target, const UsageFn& usage);

// Step 1 for a zone one of whose nameservers is to be left by all: to its replacement, or to four chosen anew. Empty: the
// zone has none of these, or is moving.
absl::StatusOr<Plan> PlanEvacuation(const PlanContext& context, const std::string& zone_id,
                                    const UsageFn& usage);
// Whether all zones are to leave it: it is being replaced, or retired.
bool IsEvacuated(const Roster& roster, const stored::v1::NameserverRow& row);

// The steps after: empty where the zone is not, or not any more, at that step, where what it waits for has not come yet, or
// while an import of the zone is running, which rests on its revision.
absl::StatusOr<Plan> PlanServe(const PlanContext& context, const std::string& zone_id,
                               const CoversFn& covers);

struct RetireRules {
  // 0: the longest that a cache may know the old nameservers: the larger of the apex NS TTL and kParentTtl, and kMargin.
  int64_t retire_us = 0;
  // Whether the registry delegates the zone to the nameservers that its apex NS names. A zone without a registered domain
  // has no such thing to wait for.
  std::function<bool(const stored::v1::ZoneRow& zone)> registry_confirmed = [](const auto&) { return true; };
};
// Seconds that the delegation in the parent lives in caches, and what clocks and delays may add.
inline constexpr uint32_t kParentTtl = 172800;
inline constexpr uint32_t kMargin = 3600;
absl::StatusOr<Plan> PlanRetirement(const PlanContext& context, const std::string& zone_id,
                                    const RetireRules& rules);

absl::StatusOr<Plan> PlanRemoval(const PlanContext& context, const std::string& zone_id);

}  // namespace quartet::controller
