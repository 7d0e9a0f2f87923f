// When the next step of each zone that moves is to be tried.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controller/assignment/move_plans.h"

namespace quartet::controller {

// Says when to try; whether the step can be made is what its plan finds (move_plans.h). So nothing depends on hearing of
// everything: what was missed is looked at again in kLookAgainUs. Times are those of the wall clock, microseconds, as
// entries have them.
//
// Memory: about 300 bytes for each zone that moves, those that only wait for the time of a retirement included. Not
// thread-safe, no I/O.
class MoveTracker {
 public:
  static constexpr int64_t kLookAgainUs = 10'000'000;
  // After a step that could not be made.
  static constexpr int64_t kTryAgainUs = 1'000'000;

  // The entry that began the stage.
  struct Since {
    uint64_t index = 0;
    std::string change_id;
    bool insync = false;
  };
  // The zone as it is at this revision. One that does not move is forgotten; a revision that is known, or older, is ignored.
  void Note(const std::string& zone_id, uint64_t revision, const MoveState& state, Since since,
            int64_t now_us);
  // An acknowledgement, or the roster, moved.
  void NodesMoved(int64_t now_us);
  void Insync(const std::string& change_id, int64_t now_us);

  enum class Step { kServe, kRetire, kRemove };
  struct Due {
    std::string zone_id;
    Step step;
  };
  // Whether a joiner has what began its joining.
  using ServedFn = std::function<bool(const std::string& nameserver, const ZonePoint& joining)>;
  // At most so many steps to be tried now; each zone once until it is settled.
  std::vector<Due> Take(int64_t now_us, size_t most, const ServedFn& served);
  // It was tried. Where it was made, Note is to follow.
  void Settled(const std::string& zone_id, bool made, int64_t now_us);

  // When Take may give something though nothing is heard; INT64_MAX: never.
  int64_t next_us() const { return by_time_.empty() ? INT64_MAX : by_time_.begin()->first; }
  bool Has(const std::string& zone_id) const { return moves_.contains(zone_id); }
  size_t joining() const { return joining_.size(); }
  size_t size() const { return moves_.size(); }

 private:
  struct Move {
    uint64_t revision = 0;
    MoveState state;
    Since since;
    // When its stage is to be looked at.
    int64_t look_us = INT64_MAX;
    // Nothing is tried earlier.
    int64_t not_before_us = 0;
    // Taken, not settled.
    bool taken = false;
    // Its key in by_time_.
    int64_t time_us = INT64_MAX;
  };

  void Schedule(const std::string& zone_id, Move& move);
  void Forget(const std::string& zone_id);
  bool IsServed(const std::string& zone_id, const Move& move, const ServedFn& served) const;

  std::map<std::string, Move> moves_;
  // All of them that are not taken.
  std::set<std::pair<int64_t, std::string>> by_time_;
  std::set<std::string> joining_;
  // Changes that zones wait for to be INSYNC.
  std::map<std::string, std::string> by_change_;
};

}  // namespace quartet::controller
