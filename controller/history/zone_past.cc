#include "controller/history/zone_past.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "replication/replica/layout.h"

namespace quartet::controller {

namespace layout = replication::layout;
using stored::v1::HistoryRow;
using stored::v1::ZoneRow;

std::string TimeText(int64_t time_us) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%SZ", absl::FromUnixMicros(time_us), absl::UTCTimeZone());
}

absl::StatusOr<ZonePast> ZonePast::Of(const store::Reader& snapshot, ZoneRow zone) {
  absl::StatusOr<std::optional<std::string>> bytes = snapshot.Get(layout::ZoneLocal(zone.id()));
  if (!bytes.ok()) return bytes.status();
  stored::v1::ZoneLocalRow local;
  if (!bytes->has_value() || !local.ParseFromString(**bytes) || local.generation() == 0) {
    return absl::DataLossError(absl::StrCat("the replica holds a damaged local row of zone ", zone.id()));
  }
  // The first revision replaced nothing.
  const uint64_t oldest = std::max<uint64_t>(local.history_cut(), 1);
  return ZonePast(snapshot, std::move(zone), oldest, local.generation());
}

std::string ZonePast::Oldest() const {
  const absl::StatusOr<HistoryRow> row = Revision(oldest_);
  return absl::StrCat("revision ", oldest_, row.ok() ? absl::StrCat(" of ", TimeText(row->time_us())) : "");
}

absl::Status ZonePast::CheckReached(uint64_t revision) const {
  if (revision > latest()) {
    return absl::OutOfRangeError(
        absl::StrCat("the zone is at revision ", latest(), "; there is no revision ", revision, " yet"));
  }
  if (revision >= oldest_) return absl::OkStatus();
  return absl::OutOfRangeError(absl::StrCat("the zone's history reaches back to ", Oldest(),
                                            "; what was at revision ", revision, " is not kept any more"));
}

absl::StatusOr<HistoryRow> ZonePast::Revision(uint64_t revision) const {
  if (revision < oldest_ || revision > latest()) return CheckReached(revision);
  absl::StatusOr<std::optional<std::string>> bytes = reader_->Get(layout::History(zone_id(), revision));
  if (!bytes.ok()) return bytes.status();
  HistoryRow row;
  if (bytes->has_value() && row.ParseFromString(**bytes)) return row;
  return absl::DataLossError(absl::StrCat("the replica's history of zone ", zone_id(),
                                          " is damaged: revision ", revision,
                                          bytes->has_value() ? "" : " is missing"));
}

absl::StatusOr<ZoneRow> ZonePast::RowAt(uint64_t revision) const {
  if (absl::Status status = CheckReached(revision); !status.ok()) return status;
  if (revision == latest()) return zone_;
  absl::StatusOr<HistoryRow> next = Revision(revision + 1);
  if (!next.ok()) return next.status();
  return std::move(*next->mutable_before());
}

absl::StatusOr<uint64_t> ZonePast::RevisionAt(int64_t time_us) const {
  absl::StatusOr<HistoryRow> first = Revision(oldest_);
  if (!first.ok()) return first.status();
  if (time_us < first->time_us()) {
    if (oldest_ > 1) {
      return absl::OutOfRangeError(absl::StrCat("the zone's history reaches back to ", Oldest(),
                                                "; what was at ", TimeText(time_us),
                                                " is not kept any more"));
    }
    return absl::OutOfRangeError(absl::StrCat("the zone was made at ", TimeText(first->time_us()), "; at ",
                                              TimeText(time_us), " there was none"));
  }
  // Times of entries never fall. Invariant: below's time is not after time_us, beyond's is (or it is not there).
  uint64_t below = oldest_;
  uint64_t beyond = latest() + 1;
  while (beyond - below > 1) {
    const uint64_t middle = below + (beyond - below) / 2;
    absl::StatusOr<HistoryRow> row = Revision(middle);
    if (!row.ok()) return row.status();
    (row->time_us() <= time_us ? below : beyond) = middle;
  }
  return below;
}

}  // namespace quartet::controller
