// Whether the controller's history says of its zones what the log said when it was so.
#pragma once

#include "replication/store/store.h"
#include "tests/simulation/truth.h"

namespace quartet::simulation {

// Looks at some revisions of each zone, the oldest that is kept and the last among them: record for record.
Finding CheckPast(const store::Reader& replica, const Timeline& now);

}  // namespace quartet::simulation
