// Decides how much of the log may go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/trimming/log_marks.h"
#include "controller/trimming/log_segments.h"
#include "replication/base/position.h"

namespace quartet::controller {

// The oldest segments go
//   while the log has more than `log_bytes`, whoever needs them;
//   while it has more than an eighth of that, if no node needs them: a node may come back with an older disk than the
//   one it had (a volume restored), and finds what it needs in that eighth;
//   never while they are held (a backup reads them).
//
// Not thread-safe, no I/O.
class TrimRule {
 public:
  // A log of `epoch` that begins behind `base`, without entries.
  TrimRule(uint64_t log_bytes, uint64_t epoch, uint64_t base)
      : log_bytes_(log_bytes), marks_(epoch, base), segments_(base, log_bytes / kSegments) {}

  LogMarks& marks() { return marks_; }
  LogSegments& segments() { return segments_; }
  const LogSegments& segments() const { return segments_; }

  // Nothing goes until Release has been called as often.
  void Hold() { ++holds_; }
  void Release() { --holds_; }

  // Up to where the log is to be trimmed; nullopt: nothing is.
  std::optional<uint64_t> Upto() const;
  // It was. Nodes that were passed over.
  std::vector<std::string> Trimmed(uint64_t upto);

 private:
  static constexpr uint64_t kSegments = 256;
  static constexpr uint64_t kKeptPart = 8;

  const uint64_t log_bytes_;
  LogMarks marks_;
  LogSegments segments_;
  int holds_ = 0;
};

}  // namespace quartet::controller
