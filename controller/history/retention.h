// How much of its zones' past a controller keeps, and finding what is too much. docs/history.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/sequencer/proposal.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

struct Retention {
  static constexpr int64_t kDayUs = int64_t{86'400} * 1'000'000;

  // A zone can be shown as of any time so long ago, and no longer than need be.
  int64_t history_us = 30 * kDayUs;
  // Of one zone, as ZoneLocalRow.history_bytes counts: what it has beyond goes, the oldest first.
  uint64_t history_bytes = uint64_t{1} << 30;
  // A deleted zone is purged so long after.
  int64_t undelete_us = 30 * kDayUs;
};

// Goes round all zones, a bounded number at a time: there is no index of what is old, as that would cost every change a
// write. Keeps one zone id. Not thread-safe.
class RetentionScan {
 public:
  struct Limits {
    // Of one entry: the rows that its cuts read when they are applied.
    size_t rows = 256;
    size_t bytes = size_t{1} << 20;
    size_t effects = 64;
  };

  RetentionScan(const Retention& retention, const Limits& limits) : retention_(retention), limits_(limits) {}

  // Cuts and purges that are due at `now_us`, of at most `zones` zones; `zones` is lowered by those that are done with. What
  // exceeds the limits, of one row at least, is found by the next call. An empty entry, with `zones` above 0: it has been
  // round, and the next call begins anew.
  absl::StatusOr<stored::v1::Entry> Next(const store::Reader& snapshot, int64_t now_us, size_t& zones);

 private:
  struct Found;
  absl::Status Look(const store::Reader& snapshot, const stored::v1::ZoneRow& zone, int64_t now_us,
                    Found& found);
  absl::Status FindCut(const store::Reader& snapshot, const stored::v1::ZoneRow& zone, int64_t now_us,
                       Found& found);

  const Retention retention_;
  const Limits limits_;
  // The zone that the next call begins at.
  std::string position_;
};

// Those of `due`'s effects that still apply to what is there by now.
absl::StatusOr<Plan> PlanRetention(const PlanContext& context, const stored::v1::Entry& due);

}  // namespace quartet::controller
