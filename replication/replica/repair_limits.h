// How many zones a node may repair by itself: repair must not destroy.
//
// A repair replaces a zone that is being served by a snapshot of the same epoch and revision with another
// digest. One that is wrong in a few zones is damage; one that is wrong in many is more likely an error of the
// source, so over 1 % of the node's zones (10 at least) within an hour it stops, until the hour has passed or
// an operator allows more (feed.proto, AllowRepair). Repairs are counted in the store, by wall clock, so that
// restarts don't begin a new hour; docs/formats/node_replica.md has the keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Not thread-safe. Memory and keys: one for each repair of the last hour. Times are microseconds since the
// Unix epoch; one that is later than now (the clock was set back) counts as now.
class RepairLimits {
 public:
  static constexpr int64_t kWindowUs = 3'600'000'000;
  static constexpr size_t kLeast = 10;

  // Those that are stored. DATA_LOSS: a key is damaged; else what the store says.
  static absl::StatusOr<RepairLimits> Read(const store::Reader& reader);

  // Repairs within an hour that a node of so many zones may make.
  static size_t Allowed(size_t zones) { return zones / 100 > kLeast ? zones / 100 : kLeast; }

  // Whether another one would be over the limit.
  bool Exhausted(size_t zones, int64_t now_us);
  // Repairs that are counted now.
  size_t Counted(int64_t now_us);
  // When the first of those that are counted ceases to be. Precondition: there is one.
  int64_t FreeAtUs() const;
  // A repair is made: stores it, and removes those that don't count any more.
  void Count(store::Overlay& out, absl::string_view zone_id, int64_t now_us);

 private:
  struct Repair {
    int64_t time_us;
    std::string key;
  };
  // Ends what is over an hour old.
  void Slide(int64_t now_us);

  // Oldest first.
  std::deque<Repair> repairs_;
  // Keys that are to be deleted by the next write.
  std::deque<std::string> gone_;
};

}  // namespace quartet::replication
