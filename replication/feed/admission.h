// How soon a node that opens stream after stream is let in.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

namespace quartet::replication {

// Bounded by the nodes that are enrolled. Not thread-safe.
class Admission {
 public:
  // `burst` streams at once, then one every `interval_us`.
  Admission(int burst, int64_t interval_us) : burst_(burst), interval_us_(interval_us) {}

  // A stream was opened: when it may have its Welcome.
  int64_t Admit(const std::string& node, int64_t now_us) {
    // Each stream uses up an interval; a node may be ahead of the clock by `burst_` - 1 of them.
    int64_t& used_until = used_until_[node];
    const int64_t ahead = (burst_ - 1) * interval_us_;
    const int64_t at = std::max(now_us, used_until - ahead);
    // Those that were given up before their time don't add up.
    used_until = std::min(std::max(used_until, now_us) + interval_us_, now_us + ahead + 2 * interval_us_);
    return std::min(at, now_us + interval_us_);
  }

 private:
  const int burst_;
  const int64_t interval_us_;
  std::map<std::string, int64_t> used_until_;
};

}  // namespace quartet::replication
