// A query's name, prepared once for all that a lookup needs: lower-case labels, their places, keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "dns/name/canonical_key.h"
#include "dns/name/name.h"

namespace quartet::nameserver {

// Bytes that may be read behind a key or name, so that both can be read eight at a time; behind a key they are zero.
inline constexpr size_t kReadSlack = 8;

// A domain name on the query path. Plain data on the stack, of which only the used part is ever written.
struct LookupName {
  uint8_t size;
  // Labels without the root.
  uint8_t labels;
  // No label has an octet below 2 or is one octet long: its key needs no escapes. (If not, it may.)
  bool plain;
  // Where label i starts in `wire`; start[labels] is the root octet. Small things first: what
  // most names need of this lies in two cache lines.
  uint8_t start[dns::Name::kMaxLabels + 1];
  // Lower-case wire format, root octet included. Sixteen octets behind it may be read and written.
  uint8_t wire[dns::Name::kMaxWire + 16];

  // Where the suffix with `count` labels begins.
  size_t SuffixStart(size_t count) const { return start[labels - count]; }
  std::span<const uint8_t> Suffix(size_t count) const {
    return {wire + SuffixStart(count), size - SuffixStart(count)};
  }

  bool IsSame(const LookupName& other) const {
    return size == other.size && std::memcmp(wire, other.wire, size) == 0;
  }

  // Reads an uncompressed name at the beginning of `bytes` and returns its length; 0 if there is none: a
  // label type that isn't 00, over 255 octets, or an end before the root.
  size_t Read(std::span<const uint8_t> bytes);
  // Writes the hashes of the suffixes with 0 to `most` (at most `labels`) labels to hashes[0] to
  // hashes[most]. The seed is secret, so that nobody can choose names that collide.
  void HashSuffixes(uint64_t seed, size_t most, uint64_t* hashes) const;
};

// A name's canonical key relative to an apex (dns/name/canonical_key.h), with its label boundaries.
struct LookupKey {
  uint16_t size;
  // Labels below the apex.
  uint8_t labels;
  // end[i]: length of the key of the ancestor i labels below the apex; end[0] == 0, end[labels] == size.
  uint16_t end[dns::Name::kMaxLabels + 1];
  uint8_t bytes[dns::kMaxKey + kReadSlack];

  // `name` must be at or below an apex of `apex_labels` labels.
  void Assign(const LookupName& name, size_t apex_labels);
  // The key of `*` under the ancestor of `base` with `base_labels` labels below the apex.
  void AssignWildcard(const LookupKey& base, size_t base_labels);

 private:
  template <typename Append>
  void AssignLabels(const LookupName& name, size_t apex_labels, Append append);
  void AssignEscaped(const LookupName& name, size_t apex_labels);
};

}  // namespace quartet::nameserver
