// What a planned batch does to its zone, for somebody who wants to see it first.
#pragma once

#include "absl/status/statusor.h"
#include "quartet/admin/v1/record_set.pb.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// `view`: the zone as the effect finds it. Without warnings. DATA_LOSS: a record set can't be read.
absl::StatusOr<admin::v1::RecordSetPreview> PreviewOf(const store::Reader& view,
                                                      const stored::v1::ZoneEffect& effect);

}  // namespace quartet::controller
