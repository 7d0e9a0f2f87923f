// Entries of imports: a small difference, the chunks of a large one, its flip, its abort.
//
// All look at the zone as it is by then. ABORTED: it is not what the import rests on any more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "controller/imports/import_check.h"
#include "controller/sequencer/proposal.h"
#include "controller/zones/zone_founding.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/replica/record_changes.h"

namespace quartet::controller {

// The zone an import is into.
struct ImportTarget {
  // Of a zone that is there.
  std::string zone_id;
  // The revision it has to be at until the import is done; none: whatever comes meanwhile is replaced.
  std::optional<uint64_t> revision;
  // A zone to be made, in place of both.
  std::optional<ZoneToBe> new_zone;
};

// One ordinary entry. With nothing to be changed, and a zone that is there, none.
absl::StatusOr<Plan> PlanDifference(const PlanContext& context, const ImportTarget& target,
                                    const ImportDifference& difference, const UsageFn& usage);

// Opens the stage of `target`, with chunk 0: `puts`. A zone to be made is founded, and noted in `founded`.
absl::StatusOr<Plan> PlanFirstChunk(const PlanContext& context, const ImportTarget& target,
                                    replication::RecordPuts puts, const UsageFn& usage,
                                    std::optional<FoundedZone>& founded);

// A stage under way.
struct OpenedStage {
  std::string zone_id;
  // Its name, and chunks so far.
  uint64_t number = 0;
  uint32_t chunks = 0;
};
// Its next chunk.
absl::StatusOr<Plan> PlanChunk(const PlanContext& context, const ImportTarget& target,
                               const OpenedStage& stage, replication::RecordPuts puts);

// The stage becomes the zone, with SOA and apex NS of the zone as it is by then, and the serial moved.
absl::StatusOr<Plan> PlanFlip(const PlanContext& context, const ImportTarget& target,
                              const OpenedStage& stage, const std::optional<FoundedZone>& founded);

// Nothing, if that stage is open no more.
absl::StatusOr<Plan> PlanAbort(const PlanContext& context, const OpenedStage& stage,
                               const std::string& reason);

}  // namespace quartet::controller
