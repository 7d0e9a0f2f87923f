// How many chunks of a stage the nodes may be behind.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace quartet::controller {

// Small changes to other zones wait behind what a node has not written yet, so there should be little of it; and a node
// in another continent must not wait for each chunk's way there and back. The time from a chunk's commit until all have
// acknowledged it tells one from the other: it is long and stays so where the way is long, it grows where chunks queue up
// (as TCP Vegas sees it; Brakmo and Peterson, 1995). So the window grows by one chunk for each that took no more than
// `queueing` longer than the quickest did, and is halved by one that did.
//
// Not thread-safe.
class StageWindow {
 public:
  using Duration = std::chrono::steady_clock::duration;
  struct Options {
    size_t least = 4;
    size_t most = 32;
    std::chrono::milliseconds queueing{4};
  };

  explicit StageWindow(const Options& options) : options_(options), chunks_(options.least) {}

  size_t chunks() const { return chunks_; }

  // A chunk was acknowledged by all so long after its commit.
  void Acknowledged(Duration after) {
    quickest_ = std::min(quickest_, after);
    if (after - quickest_ <= options_.queueing) {
      chunks_ = std::min(chunks_ + 1, options_.most);
    } else {
      chunks_ = std::max(chunks_ / 2, options_.least);
    }
  }

 private:
  const Options options_;
  // Invariant: options_.least <= chunks_ <= options_.most.
  size_t chunks_;
  Duration quickest_ = Duration::max();
};

}  // namespace quartet::controller
