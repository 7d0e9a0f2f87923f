// Which nodes something is true of: the first few, and how many.
#pragma once

#include <cstddef>
#include <set>
#include <string>

namespace quartet::controller {

// Not thread-safe. Each node is to be added once.
class NodeNames {
 public:
  static constexpr size_t kFirst = 10;

  void Add(const std::string& node) {
    ++total_;
    first_.insert(node);
    if (first_.size() > kFirst) first_.erase(std::prev(first_.end()));
  }

  size_t total() const { return total_; }
  const std::set<std::string>& first() const { return first_; }

 private:
  size_t total_ = 0;
  std::set<std::string> first_;
};

}  // namespace quartet::controller
