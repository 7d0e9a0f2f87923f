// A serialised SnapshotPart taken apart without copying: small zones come by the thousand.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "replication/base/position.h"
#include "replication/replica/served_record.h"

namespace quartet::replication {

// See SnapshotPart in feed.proto. Views into what it was made of.
struct SnapshotView {
  absl::string_view zone_id;
  Position as_of;
  uint32_t part = 0;
  std::vector<ServedRecordView> records;
  bool last = false;
  bool has_row = false;
  // Serialised NodeZoneRow.
  absl::string_view row;
  absl::string_view quarantined;
};

// Takes what ParseFromString would take, but for strings that are not UTF-8. INVALID_ARGUMENT: it is no SnapshotPart, or
// has no position.
absl::StatusOr<SnapshotView> ViewSnapshot(absl::string_view bytes);

}  // namespace quartet::replication
