// Who asked for a change of a zone as it was at a revision, and came too late, is told what was changed since.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "replication/store/store.h"

namespace quartet::controller {

// `refusal` with faults "changed-since", if it is ABORTED and the zone is at another revision than `if_revision` (0: none was
// demanded): each record set changed since, by whom and at which revision last; the first 1,000 in canonical order. Looks at
// the newest 10,000 revisions and 16 MiB of history at most, and says where it stopped.
absl::Status TellChangesSince(const absl::Status& refusal, const store::Reader& snapshot,
                              const std::string& zone_id, uint64_t if_revision);

}  // namespace quartet::controller
