// The head of a record in a zone file: owner, TTL, class and type (RFC 1035 §5.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dns/rdata/text_token.h"
#include "dns/rdata/type.h"
#include "dns/zonefile/fault.h"

namespace quartet::dns {

struct RecordLine {
  // Null: the owner of the record before.
  const TextToken* owner = nullptr;
  std::optional<uint32_t> ttl;
  // There is a TTL, but a wrong one.
  bool wrong_ttl = false;
  // Nothing if it is missing or unknown.
  std::optional<Type> type;
  const TextToken* type_token = nullptr;
  // What follows the type.
  std::span<const TextToken> data;

  // What is wrong with the head, not the owner; the rest could be read all the same.
  struct HeadFault {
    Place place;
    absl::string_view rule;
    std::string message;
  };
  std::vector<HeadFault> faults;
};

// Where the token begins, and the character behind it.
Place PlaceOf(const TextToken& token);
Place PlaceBehind(const TextToken& token);

// "3600" or "1h30m", at most 2^31 - 1 (RFC 2181 §8). Nullopt if it is neither.
std::optional<uint32_t> ParseTtl(absl::string_view text);

// Reads the head. `tokens` is not empty and outlives the result; `blank_start` says that the owner is left
// out. TTL and class may stand in either order.
RecordLine ReadRecordLine(std::span<const TextToken> tokens, bool blank_start);

}  // namespace quartet::dns
