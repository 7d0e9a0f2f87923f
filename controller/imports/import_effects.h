// What an import would change, told to who asked for a preview.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "controller/imports/pulse.h"
#include "controller/imports/zone_merge.h"
#include "dns/name/name.h"

namespace quartet::controller {

// Every record set that is made, changed or removed, in canonical order, in messages of some 64 KiB; the client is not run
// ahead of. `total`: about how many record sets the merge has. ABORTED: the client has gone.
absl::Status SendEffects(ZoneMerge& merge, const dns::Name& apex, uint64_t total, ImportStream& stream,
                         Pulse& pulse);

}  // namespace quartet::controller
