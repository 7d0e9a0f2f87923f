// Queries for a load, in turn, each with an id of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace quartet::tests {

// What came of them.
struct LoadTotals {
  uint64_t answers = 0;
  uint64_t lost = 0;
  std::array<uint64_t, 16> rcodes = {};
};

class LoadQueries {
 public:
  // From a file of lines "name type"; lines that are none of these are left out.
  static LoadQueries Read(const char* path);

  bool empty() const { return queries_.empty(); }
  size_t size() const { return queries_.size(); }
  // The next one, with an id; valid until it comes round again.
  std::string& Next() {
    std::string& query = queries_[at_];
    if (++at_ == queries_.size()) at_ = 0;
    query[0] = static_cast<char>(id_ >> 8);
    query[1] = static_cast<char>(id_++);
    return query;
  }

 private:
  explicit LoadQueries(std::vector<std::string> queries) : queries_(std::move(queries)) {}

  std::vector<std::string> queries_;
  size_t at_ = 0;
  uint16_t id_ = 0;
};

}  // namespace quartet::tests
