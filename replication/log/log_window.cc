#include "replication/log/log_window.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "replication/entry/entry.h"

namespace quartet::replication {

constexpr size_t kReadBytes = 256 << 10;

absl::StatusOr<const LogWindow::Decoded*> LogWindow::At(uint64_t index) {
  auto found = entries_.find(index);
  if (found != entries_.end()) return &found->second;
  absl::StatusOr<std::vector<SealedEntry>> sealed = log_.Read(index - 1, kReadBytes);
  if (!sealed.ok()) return sealed.status();
  for (const SealedEntry& one : *sealed) {
    if (entries_.count(one.position.index) != 0) break;
    absl::StatusOr<stored::v1::Entry> entry = OpenEntry(one.bytes);
    // Those before it can still be used.
    if (!entry.ok() && one.position.index != index) break;
    if (!entry.ok()) return entry.status();
    bytes_ += one.bytes.size();
    entries_.emplace(one.position.index, Decoded{one.position, *std::move(entry), one.bytes.size()});
  }
  found = entries_.find(index);
  if (found == entries_.end())
    return absl::NotFoundError(absl::StrCat("entry ", index, " is not in the log"));
  return &found->second;
}

void LogWindow::Shrink() {
  while (bytes_ > max_bytes_ && !entries_.empty()) {
    bytes_ -= entries_.begin()->second.bytes;
    entries_.erase(entries_.begin());
  }
}

}  // namespace quartet::replication
