#include "dns/name/canonical_key.h"

#include <array>
#include <utility>

#include "absl/status/status.h"
#include "dns/base/check.h"

namespace quartet::dns {
namespace {

constexpr char kEnd = 0x00;     // behind each label
constexpr char kEscape = 0x01;  // in front of what stands for 0x00 or 0x01
constexpr char kEscapedZero = 0x01;
constexpr char kEscapedOne = 0x02;

absl::Status NotAKey(absl::string_view why) {
  return absl::InvalidArgumentError(std::string("canonical key: ").append(why.data(), why.size()));
}

// Takes one label and its terminator off the front of `key`.
absl::StatusOr<std::string> TakeLabel(absl::string_view& key) {
  std::string label;
  size_t at = 0;
  for (; at < key.size() && key[at] != kEnd; ++at) {
    char c = key[at];
    if (c >= 'A' && c <= 'Z') return NotAKey("upper-case letter");
    if (c == kEscape) {
      ++at;
      if (at == key.size() || (key[at] != kEscapedZero && key[at] != kEscapedOne))
        return NotAKey("bad escape");
      c = key[at] == kEscapedZero ? '\0' : '\1';
    }
    label.push_back(c);
  }
  if (at == key.size()) return NotAKey("label without end");
  key.remove_prefix(at + 1);
  return label;
}

}  // namespace

size_t WriteCanonicalKey(const uint8_t* wire, size_t labels, uint8_t* out) {
  QUARTET_CHECK(labels <= Name::kMaxLabels);
  std::array<uint8_t, Name::kMaxLabels> offset;
  size_t at = 0;
  for (size_t i = 0; i < labels; ++i) {
    offset[i] = static_cast<uint8_t>(at);
    at += 1 + wire[at];
  }
  uint8_t* const begin = out;
  for (size_t i = labels; i-- > 0;) {
    const uint8_t* label = wire + offset[i];
    for (size_t left = *label++; left > 0; --left, ++label) {
      const uint8_t c = *label;
      if (c <= 0x01) {
        *out++ = static_cast<uint8_t>(kEscape);
        *out++ = static_cast<uint8_t>(c + 1);
      } else {
        *out++ = c >= 'A' && c <= 'Z' ? static_cast<uint8_t>(c + ('a' - 'A')) : c;
      }
    }
    *out++ = static_cast<uint8_t>(kEnd);
  }
  return static_cast<size_t>(out - begin);
}

std::string CanonicalKey(const Name& name, const Name& apex) {
  QUARTET_CHECK(name.IsWithin(apex));
  std::array<uint8_t, kMaxKey> key;
  const size_t size =
      WriteCanonicalKey(name.wire().data(), name.label_count() - apex.label_count(), key.data());
  return std::string(reinterpret_cast<const char*>(key.data()), size);
}

absl::StatusOr<Name> NameFromCanonicalKey(absl::string_view key, const Name& apex) {
  if (key.size() > kMaxKey) return NotAKey("too long");
  Name name = apex.ToLower();
  while (!key.empty()) {
    absl::StatusOr<std::string> label = TakeLabel(key);
    if (!label.ok()) return label.status();
    absl::StatusOr<Name> below = name.Prepend(*label);
    if (!below.ok()) return below.status();
    name = *std::move(below);
  }
  return name;
}

}  // namespace quartet::dns
