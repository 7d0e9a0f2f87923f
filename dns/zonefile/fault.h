// What is wrong with a zone file, and where.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace quartet::dns {

// A place in a zone file, counted from 1; columns are octets.
struct Place {
  uint32_t line = 0;
  uint32_t column = 0;
};

struct Fault {
  uint32_t line = 0;
  uint32_t column = 0;
  std::string file;
  // Of the record concerned, where they are known.
  std::string owner;
  std::string type;
  // The rule broken, as a short name that stays; importer.h lists them.
  std::string rule;
  // What is wrong and what to do about it, in words.
  std::string message;
};

// Keeps the first `limit` faults, and counts all.
class FaultLog {
 public:
  // Which are first: those found first, or those that stand first in the file.
  enum class Order { kAsFound, kByPlace };

  FaultLog(std::string file, uint32_t limit, Order order = Order::kAsFound)
      : file_(std::move(file)), limit_(limit), order_(order) {}

  void Add(Place place, absl::string_view rule, absl::string_view message, absl::string_view owner = "",
           absl::string_view type = "");

  uint32_t total() const { return total_; }
  // In their order.
  std::vector<Fault> Take();

 private:
  std::string file_;
  uint32_t limit_;
  Order order_;
  uint32_t total_ = 0;
  // By place: a heap with the last of them at its front.
  std::vector<Fault> faults_;
};

}  // namespace quartet::dns
