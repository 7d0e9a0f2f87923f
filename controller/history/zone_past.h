// What a replica keeps of one zone's past: who made which revision and when, and how far back that reaches.
// docs/history.md.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Errors: OUT_OF_RANGE: the zone's history does not reach back so far, or the zone not so far on; DATA_LOSS: what is stored
// is damaged; else what the store says. Reads a row or a few at a call. As thread-safe as the reader.
class ZonePast {
 public:
  // `snapshot` must outlive it, and not move. `zone`: as it stands there.
  static absl::StatusOr<ZonePast> Of(const store::Reader& snapshot, stored::v1::ZoneRow zone);

  const store::Reader& reader() const { return *reader_; }
  const std::string& zone_id() const { return zone_.id(); }
  // As it is now.
  const stored::v1::ZoneRow& zone() const { return zone_; }
  uint64_t latest() const { return zone_.revision(); }
  // The first revision that the zone can be shown at. Of this one only who made it is known, not what it changed, unless it
  // made the zone.
  uint64_t oldest() const { return oldest_; }
  // Generation of the record sets as they are now.
  uint64_t generation() const { return generation_; }

  absl::StatusOr<stored::v1::HistoryRow> Revision(uint64_t revision) const;
  // The zone's row as it was.
  absl::StatusOr<stored::v1::ZoneRow> RowAt(uint64_t revision) const;
  // The revision that was there at this time (microseconds since the Unix epoch).
  absl::StatusOr<uint64_t> RevisionAt(int64_t time_us) const;
  absl::Status CheckReached(uint64_t revision) const;

 private:
  ZonePast(const store::Reader& reader, stored::v1::ZoneRow zone, uint64_t oldest, uint64_t generation)
      : reader_(&reader), zone_(std::move(zone)), oldest_(oldest), generation_(generation) {}
  // "revision 7 of 2026-03-01 12:00:00Z".
  std::string Oldest() const;

  const store::Reader* reader_;
  stored::v1::ZoneRow zone_;
  uint64_t oldest_;
  uint64_t generation_;
};

// "2026-03-01 12:00:00Z".
std::string TimeText(int64_t time_us);

}  // namespace quartet::controller
