// Where a replica is in the log.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace quartet::replication {

// First 16 bytes of SHA-256 over an entry's bytes. Those hold the chain of the entry before, so equal chains
// mean equal histories.
using Chain = std::array<uint8_t, 16>;

// A point in the totally ordered log: everything up to and including `index` of `epoch`. Index 0 is before
// the first entry and has a chain of zeros.
struct Position {
  uint64_t epoch = 0;
  uint64_t index = 0;
  Chain chain = {};

  // Same point of the same history. Another chain at the same (epoch, index) is a fork.
  bool operator==(const Position&) const = default;
};

// "1731000000-a1b2c3/42": epoch (restore time and random part) and index, for people.
std::string ToString(const Position& position);

// Restore time in Unix seconds << 24 | 24 random bits.
uint64_t MakeEpoch(uint64_t unix_seconds, uint32_t random);

}  // namespace quartet::replication
