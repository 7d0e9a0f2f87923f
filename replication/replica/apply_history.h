// What a controller's replica keeps of its zones' pasts: counted as it grows, told in short, cut, and gone with its zone.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/record_changes.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Record sets that an entry removes and puts.
struct RecordEdits {
  const RecordKeys& removed;
  const RecordPuts& puts;
};

// Keys and values.
uint64_t BytesOf(const RecordPuts& puts);

// What `local` says of its generation, after `puts` and without what `images` say was there.
void CountBytes(const RecordPuts& puts, const RecordImages& images, stored::v1::ZoneLocalRow& local);

// Notes in `history`, which has the row before and the images of `edits` (in their order; none of a zone that is made), what
// kind of change made `row`, and how many record sets it was.
void TellWhatChanged(const stored::v1::ZoneRow& row, const RecordEdits& edits,
                     stored::v1::HistoryRow& history);
void TellOfFlip(const stored::v1::ZoneRow& row, stored::v1::HistoryRow& history);

// Both as their comments in entry.proto say. FAILED_PRECONDITION: it does not follow from what is here. A cut reads the rows
// that it removes, a purge nothing but the zone's own.
absl::Status ApplyHistoryCut(store::Overlay& overlay, const stored::v1::HistoryCutEffect& effect);
absl::Status ApplyPurge(store::Overlay& overlay, const stored::v1::PurgeEffect& effect);

}  // namespace quartet::replication
