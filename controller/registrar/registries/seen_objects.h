// What was seen to be so at a registry, so that it need not be asked again.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "controller/registrar/registries/glue.h"

namespace quartet::controller {

// Objects by what they are called, and what was seen of them. At most kMost of them; with one more all are forgotten.
// Thread-safe.
class SeenObjects {
 public:
  static constexpr size_t kMost = 4096;

  void Note(const std::string& object, const std::string& state) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (seen_.size() >= kMost && !seen_.contains(object)) seen_.clear();
    seen_[object] = state;
  }
  bool Has(const std::string& object, const std::string& state) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = seen_.find(object);
    return found != seen_.end() && found->second == state;
  }
  // All of this name, or below it.
  void ForgetWithin(absl::string_view name) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (auto it = seen_.begin(); it != seen_.end();) it = IsWithin(it->first, name) ? seen_.erase(it) : ++it;
  }
  void ForgetAll() {
    const std::lock_guard<std::mutex> lock(mutex_);
    seen_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> seen_;
};

}  // namespace quartet::controller
