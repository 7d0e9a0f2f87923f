// How long a step is left alone before it is tried again.
#pragma once

#include <algorithm>
#include <cstdint>

namespace quartet::controller {

struct Pauses {
  int64_t first_us = 1'000'000;
  int64_t most_us = 300'000'000;
};

// After the `tries`th try, from 1 on, that came to nothing: the first pause, doubled with each, at most the longest. Up to half
// of it is taken off, by `random`, so that those who failed together don't come back together.
inline int64_t PauseAfter(const Pauses& pauses, uint32_t tries, uint64_t random) {
  const uint32_t doublings = std::min<uint32_t>(tries - std::min<uint32_t>(tries, 1), 30);
  const int64_t pause_us = std::min(pauses.most_us, pauses.first_us << doublings);
  return pause_us - static_cast<int64_t>(random % (static_cast<uint64_t>(pause_us) / 2 + 1));
}

}  // namespace quartet::controller
