// What is to be done, by the time that it is due.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace quartet::controller {

// What is due at the same time comes in the order in which it was put. Not thread-safe.
class DueQueue {
 public:
  // In place of what the queue has of that id.
  void Put(const std::string& id, int64_t due_us) {
    Remove(id);
    const Place place{due_us, next_++};
    by_place_.emplace(place, id);
    places_.emplace(id, place);
  }

  // The first one, if it is due; it is in the queue no more.
  std::optional<std::string> Take(int64_t now_us) {
    if (by_place_.empty() || by_place_.begin()->first.first > now_us) return std::nullopt;
    std::string id = std::move(by_place_.begin()->second);
    by_place_.erase(by_place_.begin());
    places_.erase(id);
    return id;
  }

  void Remove(const std::string& id) {
    const auto found = places_.find(id);
    if (found == places_.end()) return;
    by_place_.erase(found->second);
    places_.erase(found);
  }

  // When the first one is due; INT64_MAX: there is none.
  int64_t next_us() const { return by_place_.empty() ? INT64_MAX : by_place_.begin()->first.first; }

 private:
  using Place = std::pair<int64_t, uint64_t>;
  uint64_t next_ = 0;
  std::map<Place, std::string> by_place_;
  std::map<std::string, Place> places_;
};

}  // namespace quartet::controller
