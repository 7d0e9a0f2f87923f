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

RecordSetView::RecordSetView(const uint8_t* at) {
  if (at == nullptr) return;
  uint16_t marks = Load<uint16_t>(at + 6);
  type_ = Load<uint16_t>(at);
  records_ = Load<uint16_t>(at + 2);
  if (marks & kExternal) {
    at = Load<const uint8_t*>(at + kHeader);
    size_ = Load<uint32_t>(at + 4);
    marks = Load<uint16_t>(at + 8);
    mark_ = at + kExternalHeader;
  } else {
    size_ = Load<uint16_t>(at + 4);
    mark_ = at + kHeader;
  }
  marks_ = marks & kMarkMask;
  local_targets_ = (marks & kLocalTargets) != 0;
  image_ = mark_ + 4 * size_t{marks_};
}

const uint8_t* NameView::FindSet(uint16_t type) const {
  const uint8_t* set = sets();
  for (size_t left = set_count(); left > 0; --left, set = NextSet(set)) {
    if (Load<uint16_t>(set) == type) return set;
  }
  return nullptr;
}

size_t Page::ReadKey(size_t i, uint8_t* out) const {
  std::memcpy(out, prefix(), prefix_size);
  const uint8_t* at = entry(i);
  const size_t size = Load<uint16_t>(at);
  const uint64_t first = __builtin_bswap64(head(i));
  std::memcpy(out + prefix_size, &first, 8);
  if (size > 8) std::memcpy(out + prefix_size + 8, at + 2, size - 8);
  return prefix_size + size;
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
