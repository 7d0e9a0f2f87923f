// HistoryService's reads. docs/history.md.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quartet/admin/v1/history.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Pass a snapshot: each reads more than once. Errors are those of HistoryService; CANCELLED: `tell` said false, as nobody
// listens any more.

// A page ends early behind 16 MiB of history.
absl::StatusOr<admin::v1::ListZoneRevisionsResponse> ListZoneRevisions(
    const store::Reader& snapshot, const admin::v1::ListZoneRevisionsRequest& request);

absl::Status GetZoneRevision(const store::Reader& snapshot, const admin::v1::GetZoneRevisionRequest& request,
                             const std::function<bool(const admin::v1::ZoneRevisionPart&)>& tell);

absl::Status ListRecordSetsAt(const store::Reader& snapshot,
                              const admin::v1::ListRecordSetsAtRequest& request,
                              const std::function<bool(const admin::v1::RecordSetsPart&)>& tell);

absl::StatusOr<admin::v1::ListDeletedZonesResponse> ListDeletedZones(
    const store::Reader& snapshot, const admin::v1::ListDeletedZonesRequest& request);

}  // namespace quartet::controller
