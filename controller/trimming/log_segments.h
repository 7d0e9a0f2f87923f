// How many bytes of the log lie where: what trimming counts with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace quartet::controller {

// The log cut into segments of about equal size, oldest first. A value; not thread-safe.
class LogSegments {
 public:
  struct Segment {
    // Index of its last entry.
    uint64_t last = 0;
    uint64_t bytes = 0;
  };

  // A log without entries behind index `base`. A segment is closed once it has `segment_bytes`.
  LogSegments(uint64_t base, uint64_t segment_bytes) : segment_bytes_(segment_bytes), head_(base) {}

  // The entry at `index` has come, the next one behind head().
  void Append(uint64_t index, uint64_t entry_bytes);
  // Segments that end at or before `upto` are gone.
  void Trim(uint64_t upto);

  const std::deque<Segment>& closed() const { return closed_; }
  uint64_t head() const { return head_; }
  // Of all entries, those of the last, open segment too.
  uint64_t bytes() const { return bytes_; }

  // The closed segments as one row of the store.
  std::string Encode(uint64_t epoch) const;
  // Adds those of a row that lie in (base, head] of a log of this epoch; entries behind head() are still to be appended.
  // Leaves it as it is where the row is of another epoch or none. Precondition: nothing was appended.
  void Restore(absl::string_view row, uint64_t epoch, uint64_t head);

 private:
  const uint64_t segment_bytes_;
  uint64_t head_;
  std::deque<Segment> closed_;
  Segment open_;
  uint64_t bytes_ = 0;
};

}  // namespace quartet::controller
