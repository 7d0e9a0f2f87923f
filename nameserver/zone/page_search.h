// Searching pages: inline, since most of an answer's instructions are spent here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "nameserver/zone/page.h"

namespace quartet::nameserver {

// Eight octets as a number that compares like them. Of a key, which has zeros behind it, that is its head.
inline uint64_t LoadBig64(const uint8_t* at) { return __builtin_bswap64(Load<uint64_t>(at)); }

// How many of the `count` (1 at least) ascending words at `words` are less than (or, with `equal`, not greater than)
// `head`. No branch depends on the data. With a `count` known to the compiler there is no loop.
template <bool equal>
[[gnu::always_inline]] inline size_t CountBelow(const uint8_t* words, size_t count, uint64_t head) {
  const auto below = [head](const uint8_t* at) {
    const uint64_t here = Load<uint64_t>(at);
    return equal ? here <= head : here < head;
  };
  // Halves a power of two of words: the first ones, or the last.
  const size_t power = size_t{1} << (63 - __builtin_clzll(count));
  const uint8_t* low = words + 8 * (count - power + 1);
  low = __builtin_expect_with_probability(below(words + 8 * (power - 1)), 1, 0.5) ? low : words;
#pragma GCC unroll 4
  for (size_t half = power / 2; half != 0; half /= 2) {
    const uint8_t* const next = low + 8 * half;
    low = __builtin_expect_with_probability(below(next - 8), 1, 0.5) ? next : low;
  }
  return static_cast<size_t>(low - words) / 8;
}

// Where a key is, seen from the keys that begin with the prefix of `page`. A key that ends within the prefix has zeros
// there, where the prefix has the first octet of a label, which is none: so sizes need not be compared.
inline Page::Side SideOf(const Page& page, const uint8_t* key) {
  const uint8_t* prefix = page.prefix();
  size_t left = page.prefix_size;
  for (; left > 8; left -= 8, key += 8, prefix += 8) {
    const uint64_t here = LoadBig64(key);
    const uint64_t there = LoadBig64(prefix);
    if (here != there) return here < there ? Page::Side::kBefore : Page::Side::kBehind;
  }
  if (left == 0) return Page::Side::kAmong;
  const uint64_t here = LoadBig64(key);
  const uint64_t there = LoadBig64(prefix);
  if ((here ^ there) >> (64 - 8 * left) == 0) return Page::Side::kAmong;
  return here < there ? Page::Side::kBefore : Page::Side::kBehind;
}

// `index`: the first entry whose head is not less than `head`, that of the key.
inline bool Page::PlaceByHead(size_t index, uint64_t head, size_t size, Place* place) const {
  *place = {index, index < count && this->head(index) == head};
  // A key of less than eight octets has a zero behind its last label, where a longer one has a label's first octet.
  return !place->found || size < prefix_size + size_t{8};
}

inline Page::Place Page::Find(const uint8_t* key, size_t size) const {
  const Side side = SideOf(*this, key);
  if (side != Side::kAmong) return {side == Side::kBefore ? 0 : size_t{count}, false};
  const uint64_t wanted = LoadBig64(key + prefix_size);
  Place place;
  if (PlaceByHead(CountBelow<false>(heads(), count, wanted), wanted, size, &place)) return place;
  return FindAmongEqual(place.index, wanted, key + prefix_size, size - prefix_size);
}

[[gnu::always_inline]] inline size_t Page::FindChildByHead(const uint8_t* key, size_t size) const {
  if (prefix_size > 8) return count;
  const Side side = SideOf(*this, key);
  if (side != Side::kAmong) return side == Side::kBefore ? 0 : count - size_t{1};
  const uint64_t wanted = LoadBig64(key + prefix_size);
  const size_t below = CountBelow<true>(heads(), count, wanted);
  if (below == 0) return 0;
  // As in PlaceByHead: else that is a separator that is not greater.
  const bool by_tail = head(below - 1) == wanted && size >= prefix_size + size_t{8};
  return by_tail ? count : below - 1;
}

inline Page::Block Page::Begin(const uint8_t* key) const {
  const Side side = SideOf(*this, key);
  if (side != Side::kAmong) return {side, 0, 0};
  const uint64_t wanted = LoadBig64(key + prefix_size);
  const size_t below = CountBelow<false>(samples(), SamplesFor(count), wanted);
  // The last block may be short: then some of the one before it are counted once more, all of which are below.
  const size_t first = kBlock * (below == 0 ? 0 : below - 1);
  return {side, std::min(first, count - kBlock), wanted};
}

inline bool Page::FinishByHead(const Block& block, size_t size, Place* place) const {
  if (block.side != Side::kAmong) {
    *place = {block.side == Side::kBefore ? 0 : size_t{count}, false};
    return true;
  }
  const size_t below = CountBelow<false>(heads() + 8 * block.first, kBlock, block.head);
  return PlaceByHead(block.first + below, block.head, size, place);
}

}  // namespace quartet::nameserver
