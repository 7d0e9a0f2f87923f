// What was begun by itself, so that what fails is not begun again at once.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace quartet::controller {

// Not thread-safe. Holds one entry for each key that something was begun for and did not turn out as it should yet.
class Attempts {
 public:
  explicit Attempts(int64_t again_after_us) : again_after_us_(again_after_us) {}

  // When this may be begun; at once if something else was begun for the key last.
  int64_t NotBefore(const std::string& key, const std::string& what) const {
    const auto found = last_.find(key);
    if (found == last_.end() || found->second.what != what) return INT64_MIN;
    return found->second.time_us + again_after_us_;
  }
  void Note(const std::string& key, const std::string& what, int64_t now_us) { last_[key] = {what, now_us}; }
  // It is as it should be.
  void Forget(const std::string& key) { last_.erase(key); }

 private:
  struct Attempt {
    std::string what;
    int64_t time_us = 0;
  };
  const int64_t again_after_us_;
  std::map<std::string, Attempt> last_;
};

}  // namespace quartet::controller
