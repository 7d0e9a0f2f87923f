// The record sets of one generation being changed, and what they add up to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/digest/digest.h"
#include "replication/store/store.h"

namespace quartet::replication {

// What the record sets of a zone, or of a stage, add up to.
struct ZoneTotals {
  Digest served;
  Digest control;
  uint64_t record_sets = 0;

  bool operator==(const ZoneTotals&) const = default;
};

ZoneTotals TotalsOf(const stored::v1::ZoneRow& row);
ZoneTotals TotalsOf(const stored::v1::StageRow& row);

using RecordKeys = google::protobuf::RepeatedPtrField<std::string>;
using RecordPuts = google::protobuf::RepeatedPtrField<stored::v1::RecordPut>;
using RecordImages = google::protobuf::RepeatedPtrField<stored::v1::HistoryRecord>;

// Where record sets lie.
struct RecordsPlace {
  absl::string_view zone_id;
  uint64_t generation;
  // Nothing was ever stored there: changes need not read what they replace.
  bool fresh = false;
};

// Removes and puts record sets in `overlay` and returns the totals from `before` on, hashing the bytes that
// were there and those that are. Removing what is not there is no error. With `before_images` it notes there
// what each was, but at a fresh place. `place` must outlive the call.
absl::StatusOr<ZoneTotals> ChangeRecords(store::Overlay& overlay, const RecordsPlace& place,
                                         ZoneTotals before, const RecordKeys& removed, const RecordPuts& puts,
                                         Hasher& hasher, RecordImages* before_images);

// Of all record sets of a generation, read and hashed anew: for a zone whose digests had another key.
absl::StatusOr<ZoneTotals> RehashRecords(const store::Reader& reader, const RecordsPlace& place,
                                         Hasher& hasher);

// Puts one record set where none is, both parts.
void PutRecord(store::Overlay& overlay, const RecordsPlace& place, const stored::v1::RecordPut& put,
               ZoneTotals& totals, Hasher& hasher);

// Removes both parts of all record sets of a generation, without looking at them.
void EraseRecords(store::Overlay& overlay, const RecordsPlace& place);

}  // namespace quartet::replication
