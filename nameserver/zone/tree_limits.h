// Bounds of a zone's tree.
#pragma once

#include <cstddef>

namespace quartet::nameserver {

// Levels of pages. An inner page has three children at least where pages are full (a key and a child are at
// most 532 bytes), and far more as a rule; merging keeps them from thinning out. 3^24 leaves are more than
// memory holds.
inline constexpr size_t kMaxLevels = 24;

}  // namespace quartet::nameserver
