// Actions without end, of one seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/action.h"
#include "tests/simulation/world_clock.h"

namespace quartet::simulation {

// The node that each nameserver begins with: "a0" of "ns-a0". Two nameservers in stripes a and d, one in b and c.
inline const std::vector<std::string>& FirstNodes() {
  static const auto* nodes = new std::vector<std::string>{"a0", "a1", "b0", "c0", "d0", "d1"};
  return *nodes;
}
// Nodes that "enroll node a0" adds, one after the other: "a0x", "a0xx".
inline constexpr int kMoreNodes = 2;

// Each seed has its own habits: how often each kind of action comes, and which ones never do (Groce et al., "Swarm
// testing", 2012). So that some runs go deep into staged imports, others into restores, and others do everything.
class Schedule {
 public:
  explicit Schedule(uint64_t seed);
  Action Next();

 private:
  uint64_t Zone();
  std::string Node();

  Dice dice_;
  // Of each kind.
  std::vector<uint64_t> weights_;
  uint64_t all_weights_ = 0;
  uint64_t zones_ = 0;
  // A few at a time are worked on, so that what happens to a zone happens close together.
  uint64_t favourite_zone_ = 1;
  std::string favourite_node_;
};

}  // namespace quartet::simulation
