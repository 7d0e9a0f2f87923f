// Digests: a keyed 128-bit additive hash over a zone's record sets, kept up to date in O(change).
//
// digest(zone) = sum over record sets of SipHash-2-4-128(key, u32be(len(record key)) . record key . value
// bytes), as little-endian 128-bit integers, modulo 2^128. Two digests (served parts, control parts) are
// kept. The key is secret to the service, so that no tenant can make two zones with one digest.
// docs/formats/digest.md has examples.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace quartet::replication {

// A value type; zero for a zone without record sets.
class Digest {
 public:
  static constexpr size_t kBytes = 16;
  Digest() = default;
  // From stored form: 16 bytes, little-endian; anything else gives zero.
  static Digest FromBytes(absl::string_view bytes);
  std::string ToBytes() const;
  std::string ToHex() const;

  Digest& operator+=(const Digest& other);
  Digest& operator-=(const Digest& other);
  bool operator==(const Digest&) const = default;

 private:
  friend class Hasher;
  Digest(uint64_t low, uint64_t high) : low_(low), high_(high) {}

  uint64_t low_ = 0;
  uint64_t high_ = 0;
};

// Hashes single record sets under one key. A value type; cheap to call.
class Hasher {
 public:
  static constexpr size_t kKeyBytes = 16;
  // `key` must have kKeyBytes bytes.
  explicit Hasher(absl::string_view key);

  Digest Hash(absl::string_view record_key, absl::string_view value) const;

 private:
  uint64_t key_low_;
  uint64_t key_high_;
};

}  // namespace quartet::replication
