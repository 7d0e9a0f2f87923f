#include "controller/trimming/log_marks.h"

#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

using replication::layout::BigEndian64;
using replication::layout::ReadBigEndian64;

constexpr size_t kNumberBytes = 8;

}  // namespace

std::string EncodeMark(const LogMark& mark) {
  return BigEndian64(mark.epoch) + BigEndian64(mark.index) + mark.incarnation;
}

std::optional<LogMark> DecodeMark(absl::string_view row) {
  if (row.size() < 2 * kNumberBytes) return std::nullopt;
  return LogMark{std::string(row.substr(2 * kNumberBytes)), ReadBigEndian64(row.substr(0, kNumberBytes)),
                 ReadBigEndian64(row.substr(kNumberBytes, kNumberBytes))};
}

void LogMarks::Enrolled(const std::string& node, bool counted, std::optional<LogMark> mark) {
  if (readers_.count(node) != 0) return;
  Reader& reader = readers_[node];
  reader.mark = std::move(mark);
  if (reader.mark.has_value() && reader.mark->epoch == epoch_) reader.stored = reader.mark->index;
  if (!reader.mark.has_value() && counted) reader.mark = LogMark{"", epoch_, base_};
  if (Usable(reader)) Hold(node, reader, reader.mark->index);
}

void LogMarks::Gone(const std::string& node) {
  const auto found = readers_.find(node);
  if (found == readers_.end()) return;
  Hold(node, found->second, std::nullopt);
  readers_.erase(found);
  moved_.insert(node);
}

void LogMarks::Progress(const replication::NodeProgress& progress, uint64_t head) {
  const auto found = readers_.find(progress.node);
  if (found == readers_.end()) return;
  Reader& reader = found->second;
  if (progress.acknowledged && progress.epoch == epoch_ && progress.acknowledged_index >= base_) {
    if (reader.mark.has_value() && reader.mark->index == progress.acknowledged_index &&
        reader.mark->epoch == epoch_ && reader.mark->incarnation == progress.incarnation) {
      return;
    }
    reader.mark = LogMark{progress.incarnation, epoch_, progress.acknowledged_index};
    moved_.insert(progress.node);
    Hold(progress.node, reader, reader.mark->index);
    return;
  }
  if (reader.mark.has_value() && !reader.mark->incarnation.empty() && !progress.incarnation.empty() &&
      reader.mark->incarnation != progress.incarnation) {
    // Its disk was emptied.
    reader.mark.reset();
    moved_.insert(progress.node);
    Hold(progress.node, reader, std::nullopt);
  }
  if (Usable(reader)) return;
  if (!progress.connected) {
    Hold(progress.node, reader, std::nullopt);
  } else if (!reader.hold.has_value()) {
    Hold(progress.node, reader, head);
  }
}

void LogMarks::Hold(const std::string& node, Reader& reader, std::optional<uint64_t> index) {
  if (reader.hold == index) return;
  if (reader.hold.has_value()) holds_.erase({*reader.hold, node});
  if (index.has_value()) holds_.emplace(*index, node);
  reader.hold = index;
}

std::vector<std::string> LogMarks::Trimmed(uint64_t base) {
  base_ = base;
  std::vector<std::string> passed;
  while (!holds_.empty() && holds_.begin()->first < base) {
    const std::string node = holds_.begin()->second;
    Hold(node, readers_.at(node), std::nullopt);
    passed.push_back(node);
  }
  return passed;
}

LogMarks::Rows LogMarks::TakeMoved(size_t most) {
  Rows rows;
  while (!moved_.empty() && rows.size() < most) {
    const std::string node = *moved_.begin();
    const auto found = readers_.find(node);
    rows.emplace_back(node, found == readers_.end() ? std::nullopt : found->second.mark);
    if (rows.back().second.has_value()) found->second.stored = rows.back().second->index;
    moved_.erase(moved_.begin());
  }
  return rows;
}

LogMarks::Rows LogMarks::TakeUnstored(uint64_t base, size_t most) {
  Rows rows;
  for (auto& [node, reader] : readers_) {
    if (rows.size() == most) break;
    if (!Usable(reader) || reader.mark->index < base || reader.stored >= base) continue;
    rows.emplace_back(node, reader.mark);
    reader.stored = reader.mark->index;
    moved_.erase(node);
  }
  return rows;
}

void LogMarks::NothingWasStored() {
  for (auto& [node, reader] : readers_) {
    reader.stored = 0;
    moved_.insert(node);
  }
}

}  // namespace quartet::controller
