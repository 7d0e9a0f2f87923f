// What the embedded log keeps in its store beside the entries, and under which keys. docs/formats/replica.md.
//
//   'l' u64be(index)   entry bytes
//   "Lhead"            position of the last entry ever appended; never trimmed
//   "Lbase"            position before the first entry that is still there
//   "Lterm"            u64be(term of the leader)
//
// A position is u64be(epoch) . u64be(index) . chain (16 bytes).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "replication/base/position.h"
#include "replication/store/store.h"

namespace quartet::replication {

struct LogState {
  Position head;
  // Invariant: base.epoch == head.epoch, base.index <= head.index.
  Position base;
  uint64_t term = 0;
};

inline constexpr absl::string_view kLogHeadKey = "Lhead";
inline constexpr absl::string_view kLogBaseKey = "Lbase";
inline constexpr absl::string_view kLogTermKey = "Lterm";

std::string LogEntryKey(uint64_t index);

std::string EncodePosition(const Position& position);
// DATA_LOSS: not a position.
absl::StatusOr<Position> DecodePosition(absl::string_view bytes);

std::string EncodeTerm(uint64_t term);

// nullopt: the store holds no log. DATA_LOSS: what it holds contradicts itself.
absl::StatusOr<std::optional<LogState>> ReadLogState(const store::Reader& reader);

}  // namespace quartet::replication
