// The first items of more than anybody may hold, and how many there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::controller {

// Items by key, of which those with the lowest `keep` keys are held; all keys are counted (by 64 bits of hash: 9 to 18
// bytes each), `count` at most. Keys may come in any order, and again. Not thread-safe.
template <typename Item>
class FirstItems {
 public:
  FirstItems(size_t keep, size_t count) : keep_(keep), count_(count) {}

  // The item of `key`, made if it is new; nullptr: it is none of the first, so far. RESOURCE_EXHAUSTED: there are more keys
  // than can be counted. Good until the next call.
  absl::StatusOr<Item*> At(absl::string_view key) {
    const uint64_t hash = absl::HashOf(key);
    if (keys_.size() >= count_ && !keys_.contains(hash)) {
      return absl::ResourceExhaustedError("more differs than can be counted here");
    }
    keys_.insert(hash);
    const auto found = items_.lower_bound(key);
    if (found != items_.end() && found->first == key) return &found->second;
    if (items_.size() >= keep_ && found == items_.end()) return static_cast<Item*>(nullptr);
    Item* made = &items_.emplace_hint(found, std::string(key), Item())->second;
    if (items_.size() > keep_) items_.erase(std::prev(items_.end()));
    return made;
  }

  size_t total() const { return keys_.size(); }
  const std::map<std::string, Item, std::less<>>& items() const { return items_; }

 private:
  const size_t keep_;
  const size_t count_;
  absl::flat_hash_set<uint64_t> keys_;
  std::map<std::string, Item, std::less<>> items_;
};

}  // namespace quartet::controller
