#include "nameserver/zone/lookup_name.h"

#include <algorithm>
#include <cstring>

namespace quartet::nameserver {
namespace {

constexpr uint64_t kOnes = 0x0101010101010101;
constexpr uint64_t kHighBits = 0x8080808080808080;

uint64_t Load64(const uint8_t* at) {
  uint64_t value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

void Store64(uint8_t* at, uint64_t value) { std::memcpy(at, &value, sizeof(value)); }

// Sixteen octets, for the compiler to treat at once.
using Octets = uint8_t __attribute__((vector_size(16)));

// Length octets (at most 63) are below 'A', so a whole name may go through it.
void ToLower(uint8_t* at) {
  Octets octets;
  std::memcpy(&octets, at, sizeof(octets));
  const auto upper = (octets - 'A') < 26;
  octets |= reinterpret_cast<Octets>(upper) & 0x20;
  std::memcpy(at, &octets, sizeof(octets));
}

uint64_t Mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// The lowest `count` (1 to 8) octets of a word as loaded.
uint64_t FirstOctets(uint64_t word, size_t count) { return word & (~uint64_t{0} >> (64 - 8 * count)); }

// An octet below 2 among the first `count` (1 to 8)?
bool NeedsEscape(uint64_t word, size_t count) {
  const uint64_t less = (word - kOnes * 2) & ~word & kHighBits;
  return FirstOctets(less, count) != 0;
}

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

// Writes the label's key, without its 0x00, and returns its size. May write up to 7 octets behind it.
size_t AppendLabel(const uint8_t* label, size_t size, uint8_t* out) {
  for (size_t i = 0; i < size; i += 8) {
    const uint64_t word = Load64(label + i);
    if (NeedsEscape(word, std::min<size_t>(8, size - i))) return AppendEscaped(label, size, out);
    Store64(out + i, word);
  }
  return size;
}

}  // namespace

static_assert(sizeof(LookupName::wire) == dns::Name::kMaxWire + sizeof(Octets));

size_t LookupName::Read(std::span<const uint8_t> bytes) {
  const size_t limit = std::min(bytes.size(), dns::Name::kMaxWire);
  size_t at = 0;
  size_t count = 0;
  for (;;) {
    if (at >= limit) return 0;
    start[count] = static_cast<uint8_t>(at);
    const size_t length = bytes[at];
    if (length == 0) break;
    if (length > dns::Name::kMaxLabel) return 0;
    at += length + 1;
    ++count;
  }
  labels = static_cast<uint8_t>(count);
  size = static_cast<uint8_t>(at + 1);
  Store64(wire + size, 0);
  Store64(wire + size + 8, 0);
  std::memcpy(wire, bytes.data(), size);
  for (size_t i = 0; i < size; i += sizeof(Octets)) ToLower(wire + i);
  return size;
}

void LookupName::HashSuffixes(uint64_t seed, size_t most, uint64_t* hashes) const {
  // Any odd constant; the secret is in the state and in what it is multiplied with.
  const uint64_t multiplier = 0x9fb21c651e98df25 ^ (seed << 1);
  uint64_t state = Mix(seed, multiplier);
  hashes[0] = state;
  for (size_t count = 1; count <= most; ++count) {
    const uint8_t* at = wire + start[labels - count];
    size_t left = size_t{*at} + 1;
    for (; left > 8; left -= 8, at += 8) state = Mix(state ^ Load64(at), multiplier);
    state = Mix(state ^ FirstOctets(Load64(at), left), multiplier);
    hashes[count] = state;
  }
}

void LookupKey::Assign(const LookupName& name, size_t apex_labels) {
  labels = static_cast<uint8_t>(name.labels - apex_labels);
  size_t at = 0;
  end[0] = 0;
  for (size_t i = 0; i < labels; ++i) {
    const uint8_t* label = name.wire + name.start[labels - 1 - i];
    at += AppendLabel(label + 1, *label, bytes + at);
    bytes[at++] = 0;
    end[i + 1] = static_cast<uint16_t>(at);
  }
  size = static_cast<uint16_t>(at);
  Store64(bytes + at, 0);
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
