// How far each node has read the log: what of it must be kept for whom.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "replication/feed/progress.h"

namespace quartet::controller {

// What a node had acknowledged: its cursor is there or further, as long as its disk is the one of that incarnation.
struct LogMark {
  // Empty: not known.
  std::string incarnation;
  uint64_t epoch = 0;
  uint64_t index = 0;
};

// u64be(epoch) . u64be(index) . incarnation.
std::string EncodeMark(const LogMark& mark);
// nullopt: no mark.
std::optional<LogMark> DecodeMark(absl::string_view row);

// A node holds the log behind
//   its mark, connected or not, if the log reaches back to it;
//   else, while it is connected, behind the head as it was when that was noticed: it gets an inventory of then or later,
//   and goes on from there.
// A node that has been passed over holds nothing: what is left is of no use to it. Nor does one that never came.
//
// Not thread-safe, no I/O.
class LogMarks {
 public:
  // Of a log of `epoch` that begins behind `base`.
  LogMarks(uint64_t epoch, uint64_t base) : epoch_(epoch), base_(base) {}

  // It may have a stream. `mark`: as it was stored. One that is `counted` has acknowledged before: where nothing is stored
  // about it, its mark may be anywhere.
  void Enrolled(const std::string& node, bool counted, std::optional<LogMark> mark);
  // Drained, or removed.
  void Gone(const std::string& node);
  // `head`: of the log, now.
  void Progress(const replication::NodeProgress& progress, uint64_t head);

  // The log begins behind `base` now. Nodes that were passed over by that.
  std::vector<std::string> Trimmed(uint64_t base);

  // Nothing above it may go for the sake of the nodes; UINT64_MAX: all may.
  uint64_t Lowest() const { return holds_.empty() ? UINT64_MAX : holds_.begin()->first; }

  // Marks to be stored, at most so many; nullopt: there is none any more.
  using Rows = std::vector<std::pair<std::string, std::optional<LogMark>>>;
  // Those that have moved and were not taken yet.
  Rows TakeMoved(size_t most);
  // Those that have reached `base`, while what is stored has not: before the log is trimmed up to there, as a controller
  // that starts anew would take them for passed over.
  Rows TakeUnstored(uint64_t base, size_t most);
  // What was taken could not be stored: all are to be stored again.
  void NothingWasStored();

 private:
  struct Reader {
    std::optional<LogMark> mark;
    // Index of the mark that was stored last.
    uint64_t stored = 0;
    // Its place in holds_, if it has one.
    std::optional<uint64_t> hold;
  };

  bool Usable(const Reader& reader) const {
    return reader.mark.has_value() && reader.mark->epoch == epoch_ && reader.mark->index >= base_;
  }
  void Hold(const std::string& node, Reader& reader, std::optional<uint64_t> index);

  const uint64_t epoch_;
  uint64_t base_;
  std::map<std::string, Reader> readers_;
  std::set<std::pair<uint64_t, std::string>> holds_;
  std::set<std::string> moved_;
};

}  // namespace quartet::controller
