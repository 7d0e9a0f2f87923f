// Where a watch of changes is, as its client keeps it.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "replication/base/position.h"

namespace quartet::controller {

// All events of the log up to `position` are dealt with, and so many of the entry behind it. (An entry that says INSYNC
// of many changes has an event for each.) Events are counted whether or not a watch wants them, so that a token is good for
// any watch.
struct ResumePoint {
  replication::Position position;
  uint32_t events = 0;

  bool operator==(const ResumePoint&) const = default;
};

std::string WriteResumeToken(const ResumePoint& point);

// INVALID_ARGUMENT: nothing that WriteResumeToken wrote. That the log has this position is for others to check: its chain
// can't be guessed.
absl::StatusOr<ResumePoint> ReadResumeToken(absl::string_view token);

}  // namespace quartet::controller
