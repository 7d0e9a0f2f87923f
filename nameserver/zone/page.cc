#include "nameserver/zone/page.h"

#include <algorithm>

#include "nameserver/zone/page_search.h"

namespace quartet::nameserver {
namespace {

// Compares what is behind the first eight octets of entry `i`'s key and of `key`.
int CompareTail(const Page& page, size_t i, const uint8_t* key, size_t size) {
  const uint8_t* at = page.entry(i);
  const size_t left = std::max<size_t>(Load<uint16_t>(at), 8) - 8;
  const size_t right = std::max<size_t>(size, 8) - 8;
  const int order = std::memcmp(at + 2, key + 8, std::min(left, right));
  if (order != 0) return order;
  return left < right ? -1 : left > right ? 1 : 0;
}

}  // namespace

size_t Page::ReadKey(size_t i, uint8_t* out) const {
  std::memcpy(out, prefix(), prefix_size);
  const uint8_t* at = entry(i);
  const size_t size = Load<uint16_t>(at);
  const uint64_t first = __builtin_bswap64(head(i));
  std::memcpy(out + prefix_size, &first, 8);
  if (size > 8) std::memcpy(out + prefix_size + 8, at + 2, size - 8);
  return prefix_size + size;
}

size_t Page::FindChild(const uint8_t* key, size_t size) const {
  const Place place = Find(key, size);
  return place.found || place.index == 0 ? place.index : place.index - 1;
}

Page::Place Page::FindAmongEqual(size_t first, uint64_t head, const uint8_t* key, size_t size) const {
  size_t low = first;
  size_t high = low + 1;
  if (high < count && this->head(high) == head) high = CountBelow<true>(heads(), count, head);
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const int order = CompareTail(*this, middle, key, size);
    if (order == 0) return {middle, true};
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return {low, false};
}

}  // namespace quartet::nameserver
