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

// How many of the `count` (1 at least) ascending words at `low` are less than (or, with `equal`, not greater than)
// `head`. No branch depends on the data.
template <bool equal>
size_t CountBelow(const uint8_t* low, size_t count, uint64_t head) {
  const uint8_t* const begin = low;
  const auto below = [head](const uint8_t* at) {
    const uint64_t here = Load<uint64_t>(at);
    return equal ? here <= head : here < head;
  };
  for (size_t left = count; left > 1;) {
    const size_t half = left / 2;
    const uint8_t* const middle = low + 8 * half;
    low = below(middle - 8) ? middle : low;
    left -= half;
  }
  return static_cast<size_t>(low - begin) / 8 + (below(low) ? 1 : 0);
}

// Where a key is, seen from the keys that begin with the prefix of `page`.
inline Page::Side SideOf(const Page& page, const uint8_t* key, size_t size) {
  for (size_t at = 0; at < page.prefix_size; at += 8) {
    const size_t rest = page.prefix_size - at;
    const uint64_t mask = rest >= 8 ? ~uint64_t{0} : ~uint64_t{0} << (64 - 8 * rest);
    const uint64_t here = LoadBig64(key + at) & mask;
    const uint64_t prefix = LoadBig64(page.prefix() + at);
    if (here != prefix) return here < prefix ? Page::Side::kBefore : Page::Side::kBehind;
  }
  return size < page.prefix_size ? Page::Side::kBefore : Page::Side::kAmong;
}

// Of the entries that share the head of the key, of which `first` is the first.
inline Page::Place Page::FindTail(size_t first, uint64_t head, const uint8_t* key, size_t size) const {
  if (size <= 8 && Load<uint16_t>(entry(first)) <= 8) return {first, true};
  return FindAmongEqual(first, head, key, size);
}

inline Page::Place Page::Find(const uint8_t* key, size_t size) const {
  const Side side = SideOf(*this, key, size);
  if (side != Side::kAmong) return {side == Side::kBefore ? 0 : size_t{count}, false};
  const uint64_t wanted = LoadBig64(key + prefix_size);
  const size_t index = CountBelow<false>(heads(), count, wanted);
  if (index == count || head(index) != wanted) return {index, false};
  return FindTail(index, wanted, key + prefix_size, size - prefix_size);
}

inline Page::Block Page::Begin(const uint8_t* key, size_t size) const {
  const Side side = SideOf(*this, key, size);
  if (side != Side::kAmong) return {side, 0, 0};
  const uint64_t wanted = LoadBig64(key + prefix_size);
  const size_t below = CountBelow<false>(samples(), SamplesFor(count), wanted);
  return {side, below == 0 ? 0 : below - 1, wanted};
}

inline Page::Place Page::Finish(const Block& block, const uint8_t* key, size_t size) const {
  if (block.side != Side::kAmong) return {block.side == Side::kBefore ? 0 : size_t{count}, false};
  const size_t first = kBlock * block.number;
  const size_t index =
      first + CountBelow<false>(heads() + 8 * first, std::min(kBlock, count - first), block.head);
  if (index == count || head(index) != block.head) return {index, false};
  return FindTail(index, block.head, key + prefix_size, size - prefix_size);
}

}  // namespace quartet::nameserver
