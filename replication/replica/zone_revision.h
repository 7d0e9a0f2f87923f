// A zone's next revision being written to a controller's replica: its row, its places in the indexes, and
// what it replaced.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/base/position.h"
#include "replication/replica/record_changes.h"
#include "replication/store/store.h"

namespace quartet::replication {

// The zone as it is now, or nullopt. FAILED_PRECONDITION: its revision is not `prev_revision` (0: none, nor was it
// purged); DATA_LOSS: `row` has no id.
absl::StatusOr<std::optional<stored::v1::ZoneRow>> ZoneBefore(const store::Reader& reader,
                                                              const stored::v1::ZoneRow& row,
                                                              uint64_t prev_revision);

// Who made it, and of what. Records, or a generation, are the caller's to add.
stored::v1::HistoryRow MakeHistory(const stored::v1::EntryHeader& header, const Position& position,
                                   const std::optional<stored::v1::ZoneRow>& before);

// Writes row, indexes, history and local row, which counts the history. DATA_LOSS: `totals` are not those of `row`.
absl::Status WriteRevision(store::Overlay& overlay, const std::optional<stored::v1::ZoneRow>& before,
                           const stored::v1::ZoneRow& row, const ZoneTotals& totals,
                           const stored::v1::HistoryRow& history, stored::v1::ZoneLocalRow local);

// Keys of the zone in directory, assignments and the list of what is deleted, as they are with this row. DATA_LOSS: it has
// no name.
absl::StatusOr<std::set<std::string>> IndexKeys(const stored::v1::ZoneRow& row);

// What is true of the zone in this replica only; an empty row if nothing is stored.
absl::StatusOr<stored::v1::ZoneLocalRow> ReadLocalRow(const store::Reader& reader,
                                                      const std::string& zone_id);
// A generation that was never used for the zone; notes in `local` that it is.
uint64_t TakeGeneration(stored::v1::ZoneLocalRow& local);

}  // namespace quartet::replication
