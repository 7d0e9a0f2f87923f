// A domain name (RFC 1034 §3.1): valid by construction, case kept, compared without case.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::dns {

// An absolute domain name in wire format: labels of 1 to 63 octets, each behind its length, then the root's 0; 255
// octets at most (RFC 1035 §2.3.4). Any octet may stand in a label. A value type; const methods are thread-safe.
//
// Case is kept as given; comparison, hashing and the canonical key ignore the case of ASCII letters (RFC 4343).
class Name {
 public:
  static constexpr size_t kMaxWire = 255;
  static constexpr size_t kMaxLabel = 63;
  static constexpr size_t kMaxLabels = 127;

  // The root.
  Name() : wire_(1, '\0') {}

  // Reads presentation format (RFC 1035 §5.1: `\.`, `\DDD`). A name without a final dot is completed with `origin`;
  // "@" alone is the origin. INVALID_ARGUMENT says what is wrong and at which character.
  static absl::StatusOr<Name> Parse(absl::string_view text, const Name& origin = Name());

  // Takes uncompressed wire format, which must be one whole name and nothing behind it.
  static absl::StatusOr<Name> FromWire(std::span<const uint8_t> wire);

  std::span<const uint8_t> wire() const {
    return {reinterpret_cast<const uint8_t*>(wire_.data()), wire_.size()};
  }

  // Presentation format with the final dot; "." for the root.
  std::string ToString() const;

  // Labels but for the root's: 0 for the root, 2 for "example.com.".
  size_t label_count() const;
  // Label i from the left, without its length octet. i < label_count().
  absl::string_view label(size_t i) const;
  bool is_root() const { return wire_.size() == 1; }
  // Leftmost label is "*" (RFC 4592 §2.1.1).
  bool is_wildcard() const { return wire_.size() > 2 && wire_[0] == 1 && wire_[1] == '*'; }

  // The name without its leftmost label; the root's parent is the root.
  Name Parent() const;
  // The name without its n leftmost labels. n <= label_count().
  Name Ancestor(size_t n) const;
  // At or below `ancestor`.
  bool IsWithin(const Name& ancestor) const;
  // `label` in front of this name; INVALID_ARGUMENT if that is too long or the label is empty or over 63 octets.
  absl::StatusOr<Name> Prepend(absl::string_view label) const;

  // Lower-case ASCII letters, all else as it is.
  Name ToLower() const;

  // Same name, case aside.
  bool operator==(const Name& other) const;
  // Canonical order (RFC 4034 §6.1).
  std::strong_ordering operator<=>(const Name& other) const;
  // Same octets, case included.
  bool SameCase(const Name& other) const { return wire_ == other.wire_; }

  template <typename H>
  friend H AbslHashValue(H h, const Name& name) {
    return H::combine(std::move(h), name.LowerWire());
  }

 private:
  explicit Name(std::string wire) : wire_(std::move(wire)) {}
  std::string LowerWire() const;

  // Invariant: one valid uncompressed name, root octet included.
  std::string wire_;
};

}  // namespace quartet::dns
