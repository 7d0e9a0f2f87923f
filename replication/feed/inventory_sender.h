// A nameserver's zones as of one position, in parts.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/position.h"
#include "replication/store/store.h"

namespace quartet::replication {

// The position that a controller's replica has applied, in the state that `reader` shows: the head of the
// log, which is written with the effects. FAILED_PRECONDITION: it holds no log.
absl::StatusOr<Position> AppliedPosition(const store::Reader& reader);

// Not thread-safe. Holds a snapshot of the store until it is gone.
class InventorySender {
 public:
  static absl::StatusOr<InventorySender> Create(const store::Store& replica, const std::string& nameserver);

  const Position& as_of() const { return as_of_; }
  // The next part of about `part_bytes`; the last one says so. Errors: what the store says.
  absl::StatusOr<quartet::replication::v1::InventoryPart> Next(size_t part_bytes);

 private:
  InventorySender(std::unique_ptr<store::Reader> snapshot, std::string nameserver, const Position& as_of)
      : snapshot_(std::move(snapshot)), nameserver_(std::move(nameserver)), as_of_(as_of) {}

  std::unique_ptr<store::Reader> snapshot_;
  std::string nameserver_;
  Position as_of_;
  std::string last_zone_id_;
};

}  // namespace quartet::replication
