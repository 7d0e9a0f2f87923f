#include "nameserver/zone/lookup_name.h"

#include <algorithm>
#include <cstring>

namespace quartet::nameserver {
namespace {

uint64_t Load64(const uint8_t* at) {
  uint64_t value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

void Store64(uint8_t* at, uint64_t value) { std::memcpy(at, &value, sizeof(value)); }

// Sixteen octets, for the compiler to treat at once.
using Octets = uint8_t __attribute__((vector_size(16)));
constexpr size_t kWidth = sizeof(Octets);

Octets LoadOctets(const uint8_t* at) {
  Octets octets;
  std::memcpy(&octets, at, kWidth);
  return octets;
}

void StoreOctets(uint8_t* at, Octets octets) { std::memcpy(at, &octets, kWidth); }

// Length octets (at most 63) are below 'A', so a whole name may go through it.
Octets Lower(Octets octets) {
  const auto upper = (octets - 'A') < 26;
  return octets | (reinterpret_cast<Octets>(upper) & 0x20);
}

// Not 0 where an octet needs an escape in a key, or is the length of a label of one octet.
Octets Small(Octets octets) { return reinterpret_cast<Octets>(octets < 2); }

bool IsZero(Octets octets) {
  uint64_t halves[2];
  std::memcpy(halves, &octets, kWidth);
  return (halves[0] | halves[1]) == 0;
}

constexpr Octets kButLast = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0};

// As CopyLower, of a name of less than sixteen octets.
[[gnu::noinline]] bool CopyShortLower(const uint8_t* from, size_t size, uint8_t* to) {
  uint8_t last[kWidth];
  StoreOctets(last, Octets{} + 2);
  std::memcpy(last + kWidth - size, from, size);
  const Octets lower = Lower(LoadOctets(last));
  StoreOctets(last, lower);
  std::memcpy(to, last + kWidth - size, size);
  return IsZero(Small(lower) & kButLast);
}

// Copies a name in lower case. Whether none but its last octet, the root, is below 2.
bool CopyLower(const uint8_t* from, size_t size, uint8_t* to) {
  if (size < kWidth) return CopyShortLower(from, size, to);
  Octets small = {};
  // The last sixteen may overlap those before.
  const size_t last = size - kWidth;
  for (size_t at = 0; at < last; at += kWidth) {
    const Octets octets = LoadOctets(from + at);
    small |= Small(octets);
    StoreOctets(to + at, Lower(octets));
  }
  const Octets octets = LoadOctets(from + last);
  StoreOctets(to + last, Lower(octets));
  return IsZero(small | (Small(octets) & kButLast));
}

uint64_t Mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// Writes a label's key, without its 0x00, and returns its size.
size_t AppendEscaped(const uint8_t* label, size_t size, uint8_t* out) {
  size_t at = 0;
  for (size_t i = 0; i < size; ++i) {
    if (label[i] > 1) {
      out[at++] = label[i];
    } else {
      out[at++] = 1;
      out[at++] = static_cast<uint8_t>(label[i] + 1);
    }
  }
  return at;
}

// The same for a label without octets that need escapes. May write up to 15 octets behind it.
size_t AppendPlain(const uint8_t* label, size_t size, uint8_t* out) {
  for (size_t i = 0; i < size; i += kWidth) StoreOctets(out + i, LoadOctets(label + i));
  return size;
}

}  // namespace

static_assert(sizeof(LookupName::wire) == dns::Name::kMaxWire + kWidth);

size_t LookupName::Read(std::span<const uint8_t> bytes) {
  const size_t limit = std::min(bytes.size(), dns::Name::kMaxWire);
  const uint8_t* const from = bytes.data();
  size_t at = 0;
  size_t count = 0;
  for (;;) {
    if (at >= limit) return 0;
    start[count] = static_cast<uint8_t>(at);
    const size_t length = from[at];
    if (length == 0) break;
    if (length > dns::Name::kMaxLabel) return 0;
    at += length + 1;
    ++count;
  }
  const size_t whole = at + 1;
  labels = static_cast<uint8_t>(count);
  size = static_cast<uint8_t>(whole);
  plain = CopyLower(from, whole, wire);
  StoreOctets(wire + whole, Octets{});
  return whole;
}

void LookupName::HashSuffixes(uint64_t seed, size_t most, uint64_t* hashes) const {
  // Any odd constant; the secret is in the state and in what it is multiplied with.
  const uint64_t multiplier = 0x9fb21c651e98df25 ^ (seed << 1);
  uint64_t state = seed;
  const uint8_t* place = start + labels;
  hashes[0] = state;
  for (size_t count = 1; count <= most; ++count) {
    const uint8_t* at = wire + *--place;
    const uint8_t* const label_end = at + *at + 1;
    for (; label_end - at > 8; at += 8) state = Mix(state ^ Load64(at), multiplier);
    // What is not of the label is shifted out.
    state = Mix(state ^ Load64(at) << (64 - 8 * (label_end - at)), multiplier);
    hashes[count] = state;
  }
}

template <typename Append>
void LookupKey::AssignLabels(const LookupName& name, size_t apex_labels, Append append) {
  const size_t count = name.labels - apex_labels;
  const uint8_t* place = name.start + count;
  size_t at = 0;
  end[0] = 0;
  for (size_t i = 1; i <= count; ++i) {
    const uint8_t* label = name.wire + *--place;
    at += append(label + 1, *label, bytes + at);
    bytes[at++] = 0;
    end[i] = static_cast<uint16_t>(at);
  }
  labels = static_cast<uint8_t>(count);
  size = static_cast<uint16_t>(at);
  Store64(bytes + at, 0);
}

[[gnu::noinline]] void LookupKey::AssignEscaped(const LookupName& name, size_t apex_labels) {
  AssignLabels(name, apex_labels, AppendEscaped);
}

void LookupKey::Assign(const LookupName& name, size_t apex_labels) {
  if (!name.plain) return AssignEscaped(name, apex_labels);
  AssignLabels(name, apex_labels, AppendPlain);
}

void LookupKey::AssignWildcard(const LookupKey& base, size_t base_labels) {
  const size_t at = base.end[base_labels];
  std::memcpy(bytes, base.bytes, at);
  std::memcpy(end, base.end, (base_labels + 1) * sizeof(end[0]));
  bytes[at] = '*';
  bytes[at + 1] = 0;
  labels = static_cast<uint8_t>(base_labels + 1);
  size = static_cast<uint16_t>(at + 2);
  end[labels] = size;
  Store64(bytes + size, 0);
}

}  // namespace quartet::nameserver
