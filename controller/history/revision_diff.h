// What one revision of a zone changed.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "controller/history/past_merge.h"
#include "controller/history/zone_past.h"
#include "dns/name/name.h"
#include "quartet/admin/v1/record_set.pb.h"

namespace quartet::controller {

// Takes one difference; false: nobody listens any more.
using EffectFn = std::function<bool(const admin::v1::RecordSetEffect& effect)>;

// In canonical order, the SOA with its serial too. OUT_OF_RANGE: it is not kept any more what the revision replaced;
// CANCELLED: `tell` said false; else as ZonePast's.
//
// What an ordinary change made is looked up in the revisions behind it, up to the next that touched the same record set:
// all of them, at most. Memory: what one entry changed. A replacement of all is a walk over both generations.
absl::Status DiffRevision(const ZonePast& past, uint64_t revision, const EffectFn& tell);

// The differences of a merge that `wanted` wants, by their keys. CANCELLED as above.
absl::Status TellDifferences(PastMerge& merge, const dns::Name& apex,
                             const std::function<bool(absl::string_view key)>& wanted, const EffectFn& tell);

}  // namespace quartet::controller
