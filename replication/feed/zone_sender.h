// One zone whole, from one snapshot of the store: read once to see that it is what the log says, then again
// to be sent.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/position.h"
#include "replication/digest/digest.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Not thread-safe. Holds a snapshot of the store until it is gone.
class ZoneSender {
 public:
  // DATA_LOSS and others: the replica's position can't be read.
  static absl::StatusOr<ZoneSender> Create(const store::Store& replica, const std::string& nameserver,
                                           const std::string& zone_id);

  const Position& as_of() const { return as_of_; }
  const std::string& zone_id() const { return zone_id_; }

  // Reads up to `bytes` more of the zone to verify it. True once that is done: parts can be had.
  bool Verify(size_t bytes);

  // The next part of at most `part_bytes` (more only for a single larger record set); the last one says so. A
  // zone that is not the nameserver's, or that is not what the log says, has a single part without record
  // sets. Precondition: Verify returned true, the last part is not out.
  quartet::replication::v1::SnapshotPart Next(size_t part_bytes);

 private:
  ZoneSender(std::unique_ptr<store::Reader> snapshot, std::string zone_id, const Position& as_of)
      : snapshot_(std::move(snapshot)), zone_id_(std::move(zone_id)), as_of_(as_of) {}
  absl::Status Locate(const std::string& nameserver);
  absl::Status Compare() const;
  void StartReading();

  std::unique_ptr<store::Reader> snapshot_;
  std::string zone_id_;
  Position as_of_;
  std::optional<stored::v1::NodeZoneRow> row_;
  // Why this copy can't be vouched for.
  std::string quarantined_;
  std::string prefix_;
  std::unique_ptr<Hasher> hasher_;
  std::unique_ptr<store::Iterator> next_;
  Digest digest_;
  uint64_t record_sets_ = 0;
  bool verified_ = false;
  uint32_t parts_ = 0;
};

}  // namespace quartet::replication
