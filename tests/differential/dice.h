// Chance with a seed: the same everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace quartet::differential {

class Dice {
 public:
  explicit Dice(uint64_t seed) : random_(seed) {}

  // Below `sides`.
  size_t Pick(size_t sides) { return static_cast<size_t>(random_() % sides); }
  bool OneIn(size_t sides) { return Pick(sides) == 0; }
  template <typename Container>
  const auto& Of(const Container& container) {
    return container[Pick(std::size(container))];
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace quartet::differential
