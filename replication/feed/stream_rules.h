// What a controller may send when: the rules of the feed as a node checks them, before anything is done with
// a message.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/position.h"

namespace quartet::replication {

// INVALID_ARGUMENT: no position.
absl::StatusOr<Position> ReadPosition(const quartet::replication::v1::Position& message);
void WritePosition(const Position& position, quartet::replication::v1::Position& message);

// One stream of a node. Not thread-safe.
//
// Order: Welcome, then an inventory unless it resumed, then spans, each from where the one before ended.
// Snapshots, drains, inquiries and allowed repairs may come at any time behind the Welcome. Messages cost credit of
// their kind (inventories that of spans); one may be sent while there is any left. Behind a Welcome that says the
// controller is unsettled, only inquiries come, and of that Welcome nothing else counts.
class StreamRules {
 public:
  struct Start {
    // Where the replica's cursor is; nullopt: it asked for an inventory.
    std::optional<Position> cursor;
    // The highest epoch it has seen.
    uint64_t epoch = 0;
    int64_t span_credit = 0;
    int64_t snapshot_credit = 0;
    // Keys its zones were hashed with, by id. A service never gives an id another key, so a controller that does is of
    // another service, and its inventory would wipe out these zones.
    std::map<uint32_t, std::string> digest_keys = {};
  };
  void Open(const Start& start);
  void Close() { phase_ = Phase::kClosed; }

  // Not OK: the stream is to end. FAILED_PRECONDITION: another service, a lower epoch, or a span that is not the next;
  // INVALID_ARGUMENT: a message out of order; RESOURCE_EXHAUSTED: beyond credit.
  absl::Status Check(const quartet::replication::v1::SubscribeResponse& message);

  // Credit to give back since the last call; zeros while it is not worth a message.
  quartet::replication::v1::Credit TakeCredit();

 private:
  enum class Phase { kClosed, kWelcome, kUnsettled, kInventory, kSpans };
  struct Account {
    int64_t window = 0;
    int64_t left = 0;
    absl::Status Spend(size_t bytes);
    uint64_t Refill();
  };

  absl::Status CheckService(const quartet::replication::v1::Welcome& welcome) const;
  absl::Status CheckWelcome(const quartet::replication::v1::Welcome& welcome);
  absl::Status CheckInventory(const quartet::replication::v1::InventoryPart& part);
  absl::Status CheckSpan(const quartet::replication::v1::Span& span);
  absl::Status CheckSnapshot(const quartet::replication::v1::SnapshotPart& part) const;
  absl::Status CheckSnapshots(const quartet::replication::v1::SnapshotParts& parts);

  Phase phase_ = Phase::kClosed;
  uint64_t seen_epoch_ = 0;
  std::map<uint32_t, std::string> digest_keys_;
  uint64_t epoch_ = 0;
  // Where the next span starts, or what the parts of the inventory are as of.
  std::optional<Position> next_;
  // Of the inventory: ids ascend.
  std::string last_zone_id_;
  Account spans_;
  Account snapshots_;
};

}  // namespace quartet::replication
