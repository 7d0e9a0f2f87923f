#include "replication/base/position.h"

#include "absl/strings/str_format.h"

namespace quartet::replication {

namespace {
constexpr int kRandomBits = 24;
constexpr uint64_t kRandomMask = (uint64_t{1} << kRandomBits) - 1;
}  // namespace

std::string ToString(const Position& position) {
  return absl::StrFormat("%d-%06x/%d", position.epoch >> kRandomBits, position.epoch & kRandomMask,
                         position.index);
}

uint64_t MakeEpoch(uint64_t unix_seconds, uint32_t random) {
  return unix_seconds << kRandomBits | (random & kRandomMask);
}

}  // namespace quartet::replication
