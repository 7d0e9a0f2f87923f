#include "tests/faults/tally.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace quartet::tests {

void Latencies::Add(int64_t us) {
  const std::lock_guard<std::mutex> lock(mutex_);
  us_.push_back(us);
}

std::string Latencies::ToJson() const {
  std::vector<int64_t> sorted;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    sorted = us_;
  }
  std::sort(sorted.begin(), sorted.end());
  const auto at = [&sorted](double share) {
    if (sorted.empty()) return 0.0;
    return static_cast<double>(sorted[static_cast<size_t>(share * static_cast<double>(sorted.size() - 1))]) /
           1000;
  };
  char text[160];
  std::snprintf(text, sizeof text, R"({"count": %zu, "p50": %.1f, "p99": %.1f, "max": %.1f})", sorted.size(),
                at(0.5), at(0.99), at(1));
  return text;
}

void Tally::Violation(const std::string& what) {
  ++violations;
  std::fprintf(stderr, "VIOLATION: %s\n", what.c_str());
}

int64_t NowMicros() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1'000'000} + now.tv_nsec / 1000;
}

}  // namespace quartet::tests
