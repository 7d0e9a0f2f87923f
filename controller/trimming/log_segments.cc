#include "controller/trimming/log_segments.h"

#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

using replication::layout::BigEndian64;
using replication::layout::ReadBigEndian64;

constexpr size_t kNumberBytes = 8;
// Of an entry, for its key and its part of RocksDB's blocks.
constexpr uint64_t kEntryOverhead = 32;

}  // namespace

void LogSegments::Append(uint64_t index, uint64_t entry_bytes) {
  head_ = index;
  open_.last = index;
  open_.bytes += entry_bytes + kEntryOverhead;
  bytes_ += entry_bytes + kEntryOverhead;
  if (open_.bytes < segment_bytes_) return;
  closed_.push_back(open_);
  open_ = {};
}

void LogSegments::Trim(uint64_t upto) {
  while (!closed_.empty() && closed_.front().last <= upto) {
    bytes_ -= closed_.front().bytes;
    closed_.pop_front();
  }
}

std::string LogSegments::Encode(uint64_t epoch) const {
  std::string row = BigEndian64(epoch);
  row.reserve(kNumberBytes * (1 + 2 * closed_.size()));
  for (const Segment& segment : closed_) {
    row += BigEndian64(segment.last);
    row += BigEndian64(segment.bytes);
  }
  return row;
}

void LogSegments::Restore(absl::string_view row, uint64_t epoch, uint64_t head) {
  if (row.size() % (2 * kNumberBytes) != kNumberBytes) return;
  if (ReadBigEndian64(row.substr(0, kNumberBytes)) != epoch) return;
  for (row.remove_prefix(kNumberBytes); !row.empty(); row.remove_prefix(2 * kNumberBytes)) {
    const Segment segment{ReadBigEndian64(row.substr(0, kNumberBytes)),
                          ReadBigEndian64(row.substr(kNumberBytes, kNumberBytes))};
    if (segment.last <= head_ || segment.last > head) continue;
    closed_.push_back(segment);
    bytes_ += segment.bytes;
    head_ = segment.last;
  }
}

}  // namespace quartet::controller
