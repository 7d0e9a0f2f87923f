// A trouble that may last: said at once, and again after intervals that double, so that a log tells of it
// without being filled by it. No I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace quartet::nameserver {

// Not thread-safe. Times are microseconds of a clock that never goes back.
class Outage {
 public:
  // The trouble is there (again). True: say so now.
  bool Happened(int64_t now_us, const std::string& reason);
  // It is over. How long it was, if there was one.
  std::optional<int64_t> Over(int64_t now_us);
  // True: it is still there and it is time to say so again.
  bool DueAgain(int64_t now_us);

  bool active() const { return since_us_.has_value(); }
  const std::string& reason() const { return reason_; }
  // 0 if there is none.
  int64_t LastedUs(int64_t now_us) const { return active() ? now_us - *since_us_ : 0; }

 private:
  static constexpr int64_t kFirstIntervalUs = 60'000'000;

  std::optional<int64_t> since_us_;
  int64_t next_us_ = 0;
  int64_t interval_us_ = 0;
  std::string reason_;
};

// "5 s", "3 min", "2 h 5 min": for people.
std::string ForPeople(int64_t duration_us);

}  // namespace quartet::nameserver
