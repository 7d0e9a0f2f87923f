// A zone read as a whole, for its export.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/request_host.h"
#include "dns/name/name.h"
#include "quartet/admin/v1/export.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/digest/digest.h"
#include "replication/replica/record_changes.h"
#include "replication/store/store.h"

namespace quartet::controller {

// One zone as of one revision, piece by piece. Holds a snapshot of the store, and so the room on disk of what is deleted
// meanwhile: bound its time. Memory: one piece. Not thread-safe.
class ZoneExport {
 public:
  // Bytes of record sets in a piece, about.
  static constexpr size_t kPieceBytes = size_t{64} << 10;

  // `name` as GetZoneRequest.name. FAILED_PRECONDITION: this controller's copy is damaged. `host` must outlive it.
  static absl::StatusOr<std::unique_ptr<ZoneExport>> Open(const RequestHost& host, absl::string_view name);

  // The next piece, the zone with the first. False: that was all, and its digests are those of the zone's row. DATA_LOSS:
  // they are not, or a record set can't be read; what was given before is not to be used.
  absl::StatusOr<bool> Next(admin::v1::ExportZoneResponse& piece);

 private:
  ZoneExport(std::unique_ptr<store::Reader> reader, stored::v1::ZoneRow row, dns::Name apex,
             uint64_t generation, absl::string_view digest_key);

  absl::Status ReadPiece(admin::v1::ExportZoneResponse& piece);
  absl::Status CheckWhole() const;

  const std::unique_ptr<store::Reader> reader_;
  const stored::v1::ZoneRow row_;
  const dns::Name apex_;
  const uint64_t generation_;
  const replication::Hasher hasher_;
  bool started_ = false;
  bool ended_ = false;
  // Key of the next record set.
  std::string next_;
  // Of all that was given.
  replication::ZoneTotals totals_;
};

}  // namespace quartet::controller
