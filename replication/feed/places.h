// So many may have a place at a time; the others wait in line.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>

namespace quartet::replication {

// Ids of sessions. Not thread-safe.
class Places {
 public:
  explicit Places(size_t places) : places_(places) {}

  // Whether `id` has a place now; else it stands in line.
  bool Take(uint64_t id) {
    if (taken_.count(id) != 0) return true;
    if (taken_.size() < places_) return taken_.insert(id).second;
    if (std::find(line_.begin(), line_.end(), id) == line_.end()) line_.push_back(id);
    return false;
  }

  // `id` needs none any more. Who has one instead, if somebody stood in line.
  std::optional<uint64_t> Leave(uint64_t id) {
    line_.erase(std::remove(line_.begin(), line_.end(), id), line_.end());
    if (taken_.erase(id) == 0 || line_.empty()) return std::nullopt;
    const uint64_t next = line_.front();
    line_.pop_front();
    taken_.insert(next);
    return next;
  }

  bool line_is_empty() const { return line_.empty(); }
  const std::set<uint64_t>& taken() const { return taken_; }

 private:
  const size_t places_;
  std::set<uint64_t> taken_;
  std::deque<uint64_t> line_;
};

}  // namespace quartet::replication
