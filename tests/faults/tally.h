// What the load of the crash loop has seen: figures, and whatever must never be.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace quartet::tests {

// Thread-safe.
class Latencies {
 public:
  void Add(int64_t us);
  // {"count": 3, "p50": 1.2, "p99": 3.4, "max": 5.6}, in milliseconds.
  std::string ToJson() const;

 private:
  mutable std::mutex mutex_;
  std::vector<int64_t> us_;
};

// Thread-safe.
struct Tally {
  // Something that must never be: printed at once, and counted.
  void Violation(const std::string& what);

  std::atomic<int64_t> sent = 0;
  std::atomic<int64_t> sent_again = 0;
  std::atomic<int64_t> acknowledged = 0;
  std::atomic<int64_t> insync = 0;
  std::atomic<int64_t> queries = 0;
  std::atomic<int64_t> answers = 0;
  std::atomic<int64_t> violations = 0;
  // Of any zone, with one of its nodes up: between two answers.
  std::atomic<int64_t> longest_gap_us = 0;
  Latencies acknowledged_after;
  Latencies insync_after;
};

int64_t NowMicros();

}  // namespace quartet::tests
