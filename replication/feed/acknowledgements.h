// When a node says what it serves, and with which exceptions.
#pragma once

#include <cstdint>
#include <optional>

#include "quartet/replication/v1/feed.pb.h"
#include "replication/feed/loading_zones.h"
#include "replication/replica/node_replica.h"

namespace quartet::replication {

// Not thread-safe. One acknowledgement a write at most, and only when it says something new. With many
// exceptions they are spaced, since each names all of them; with more than kMaxExceptions none is made: this
// node vouches for nothing.
class Acknowledgements {
 public:
  static constexpr size_t kManyExceptions = 256;
  static constexpr size_t kMaxExceptions = 16384;
  static constexpr int64_t kSpacingUs = 200'000;

  // The replica is one history with the controller's: it resumed, or was settled by an inventory.
  void Begin() { connected_ = true; }
  void End();

  // nullopt: nothing new, or not now. Precondition: all of `replica` is synced, and visible but for `loading`.
  std::optional<quartet::replication::v1::Acknowledgement> Next(const NodeReplica& replica,
                                                                const LoadingZones& loading, int64_t now_us);

 private:
  bool connected_ = false;
  // What was said last on this stream.
  std::optional<Position> position_;
  uint64_t behind_version_ = 0;
  uint64_t loading_version_ = 0;
  int64_t time_us_ = 0;
};

}  // namespace quartet::replication
