#include "controller/registrar/domains/punycode.h"

#include <algorithm>
#include <cstdint>

namespace quartet::controller {
namespace {

// RFC 3492 §5.
constexpr uint32_t kBase = 36;
constexpr uint32_t kLeast = 1;
constexpr uint32_t kMost = 26;
constexpr uint32_t kSkew = 38;
constexpr uint32_t kDamp = 700;
constexpr uint32_t kFirstBias = 72;
constexpr uint32_t kFirstCode = 0x80;

// The largest code point of Unicode, and those that stand for none.
constexpr uint32_t kLastCode = 0x10ffff;
constexpr bool IsSurrogate(uint32_t code) { return code >= 0xd800 && code <= 0xdfff; }

// kBase: none.
uint32_t DigitOf(char c) {
  if (c >= 'a' && c <= 'z') return static_cast<uint32_t>(c - 'a');
  if (c >= '0' && c <= '9') return static_cast<uint32_t>(c - '0') + 26;
  return kBase;
}

// RFC 3492 §6.1.
uint32_t Adapt(uint64_t delta, uint64_t points, bool first) {
  delta = first ? delta / kDamp : delta / 2;
  delta += delta / points;
  uint32_t k = 0;
  for (; delta > ((kBase - kLeast) * kMost) / 2; k += kBase) delta /= kBase - kLeast;
  return k + static_cast<uint32_t>((kBase - kLeast + 1) * delta / (delta + kSkew));
}

// A number of variable length at the begin of `text`, which it takes away. False: there is none, or it is larger than any of a
// label is.
bool TakeDelta(absl::string_view& text, uint32_t bias, uint64_t& delta) {
  constexpr uint64_t kTooLarge = uint64_t{1} << 32;
  delta = 0;
  uint64_t weight = 1;
  for (uint32_t k = kBase; !text.empty(); k += kBase) {
    const uint32_t digit = DigitOf(text.front());
    text.remove_prefix(1);
    if (digit == kBase) return false;
    delta += digit * weight;
    if (delta >= kTooLarge) return false;
    const uint32_t threshold = k <= bias ? kLeast : std::min(k - bias, kMost);
    if (digit < threshold) return true;
    weight *= kBase - threshold;
    if (weight >= kTooLarge) return false;
  }
  return false;
}

}  // namespace

// RFC 3492 §6.2, but that only the number of code points is kept.
bool IsPunycode(absl::string_view text) {
  const size_t delimiter = text.rfind('-');
  const bool has_basic = delimiter != absl::string_view::npos && delimiter > 0;
  uint64_t points = has_basic ? delimiter : 0;
  if (has_basic) text.remove_prefix(delimiter + 1);
  if (text.empty()) return false;
  uint64_t code = kFirstCode;
  uint64_t at = 0;
  uint32_t bias = kFirstBias;
  for (bool first = true; !text.empty(); first = false) {
    uint64_t delta = 0;
    if (!TakeDelta(text, bias, delta)) return false;
    ++points;
    bias = Adapt(delta, points, first);
    at += delta;
    code += at / points;
    at = at % points + 1;
    if (code > kLastCode || IsSurrogate(static_cast<uint32_t>(code))) return false;
  }
  return true;
}

}  // namespace quartet::controller
