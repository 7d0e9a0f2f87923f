// The zones that one node asked for, sent whole in the order they were asked for: small ones many to a message, large
// ones part by part.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "replication/feed/feed_source.h"
#include "replication/feed/outgoing.h"
#include "replication/feed/zone_cache.h"
#include "replication/feed/zone_sender.h"

namespace quartet::replication {

// Not thread-safe: turns own it while they run.
class ZoneRun {
 public:
  explicit ZoneRun(std::string nameserver) : nameserver_(std::move(nameserver)) {}

  // Zones asked for that are waiting already are not added again.
  void Add(const std::vector<std::string>& zone_ids);
  void AddCredit(int64_t bytes) { credit_ += bytes; }
  size_t waiting() const { return zones_.size(); }
  bool can_send() const { return !zones_.empty() && credit_ > 0; }

  // It is in the middle of a large zone, and holds a snapshot of the store for that.
  bool holds_snapshot() const { return sender_.has_value(); }
  // Gives that snapshot back; the zone begins anew with its first part.
  void GiveUpSnapshot() { sender_.reset(); }

  // Reads and appends what can be sent within credit and a bound of work (256 KiB or so).
  absl::Status Turn(const FeedSource& source, ZoneCache& cache, std::vector<Outgoing>& messages);
  // The highest position that a zone sent whole is as of: its node needs a span up to there.
  uint64_t as_of() const { return as_of_; }

 private:
  absl::Status SendSmall(const FeedSource& source, ZoneCache& cache, size_t& work,
                         std::vector<Outgoing>& messages);
  absl::Status SendLarge(const FeedSource& source, size_t& work, std::vector<Outgoing>& messages);
  // One zone's only part; nullopt: it is too large for that.
  absl::StatusOr<std::optional<std::string>> OnlyPart(const FeedSource& source, ZoneCache& cache,
                                                      const store::Reader& snapshot, const DigestKeys& keys,
                                                      const Position& as_of, size_t& work);
  void Send(std::vector<std::string>& parts, std::vector<Outgoing>& messages);
  // Why nothing of the first zone may be sent; empty: it may.
  std::string Quarantined(const FeedSource& source) const;

  const std::string nameserver_;
  int64_t credit_ = 0;
  // The first is being sent if there is a sender.
  std::deque<std::string> zones_;
  std::optional<ZoneSender> sender_;
  uint64_t as_of_ = 0;
};

}  // namespace quartet::replication
