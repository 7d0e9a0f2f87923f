// Which zones a node fetches: those it wants, those it has asked for, and what came of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/position.h"
#include "replication/replica/node_stage.h"

namespace quartet::replication {

// A zone that was asked for.
struct Fetch {
  // The cursor when it was asked: entries behind it are kept, so a snapshot must not be older.
  Position asked_at;
  // From the first part on; a transfer that is not followed (any more) has none.
  std::optional<NodeStage> stage;
  Position as_of;
  uint32_t next_part = 0;
  // The last part came: the row in it (nullopt: the zone is not this nameserver's).
  bool whole = false;
  std::optional<stored::v1::NodeZoneRow> row;
  // Entries of the zone since it was asked for, in order.
  std::vector<quartet::replication::v1::NodeEntry> kept;
  size_t kept_bytes = 0;
};

// Not thread-safe.
class Fetches {
 public:
  explicit Fetches(int limit) : limit_(static_cast<size_t>(limit)) {}

  // Fetch the zone, not before `time_us`. No-op for one that was asked for or is wanted already.
  void Want(const std::string& zone_id, int64_t time_us);
  // As Want, and one that is wanted later already is fetched by then.
  void Hurry(const std::string& zone_id, int64_t time_us);
  // The zone is gone, or right.
  void Forget(const std::string& zone_id);
  // Moves zones that are due from wanted to asked, as many as may be at a time, and returns them.
  std::vector<std::string> Ask(int64_t now_us, const Position& cursor);

  Fetch* Find(const std::string& zone_id);
  // Takes a fetch out, done or given up.
  Fetch Take(const std::string& zone_id);
  // A snapshot as of it, once it is whole, is not ahead of `cursor`.
  static bool IsRipe(const Position& as_of, const Position& cursor) {
    return as_of.epoch == cursor.epoch && as_of.index <= cursor.index;
  }
  // Zones asked for whose snapshot is whole and not ahead of `cursor`.
  std::vector<std::string> Ripe(const Position& cursor) const;
  // All that was asked for is given up and wanted again; returns their stages.
  std::vector<NodeStage> Restart(int64_t now_us);

 private:
  const size_t limit_;
  // Invariant: the same (zone, time) pairs in both orders; none of them in asked_.
  std::map<std::string, int64_t> wanted_;
  std::set<std::pair<int64_t, std::string>> due_;
  std::map<std::string, Fetch> asked_;
};

}  // namespace quartet::replication
