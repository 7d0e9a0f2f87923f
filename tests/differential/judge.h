// Takes cases, tells the explained from the unexplained, and counts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/differential/comparison.h"

namespace quartet::differential {

// Not thread-safe.
class Judge {
 public:
  // Differences are printed in full for so many kinds, so many of each.
  Judge(size_t of_kind, size_t kinds) : of_kind_(of_kind), most_kinds_(kinds) {}

  // Servers count whose bit is set in `counted`, if they have an answer at all; ours always does. `query` and `answer`
  // are ours.
  void Take(const Case& one, const std::vector<uint8_t>& query, const std::vector<uint8_t>& answer,
            unsigned counted);

  // Lines of a word and what it counts, then "difference QUESTION" and indented lines for each that is printed.
  void Print() const;
  bool clean() const { return unexplained_ == 0; }

 private:
  unsigned Silent(const Case& one, unsigned counted);
  // Empty: the servers agree, or rules say why not.
  std::string Unexplained(const Case& one, unsigned counted);
  void Describe(const Case& one, const std::string& difference);

  const size_t of_kind_;
  const size_t most_kinds_;
  size_t cases_ = 0;
  size_t unexplained_ = 0;
  // By rule: how often it explained something.
  std::map<std::string, size_t> hits_;
  std::map<std::string, size_t> classes_;
  std::map<std::string, size_t> kinds_;
  // By server: cases it had no answer to.
  std::map<std::string, size_t> silent_;
  std::string text_;
};

}  // namespace quartet::differential
