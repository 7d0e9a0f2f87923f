#include "nameserver/zone/page.h"

#include <algorithm>

namespace quartet::nameserver {
namespace {

// The first eight octets of a key as a number that compares like them, zero-filled.
uint64_t Head(const uint8_t* key, size_t size) {
  if (size == 0) return 0;
  const uint64_t head = __builtin_bswap64(Load<uint64_t>(key));
  return size >= 8 ? head : head & (~uint64_t{0} << (64 - 8 * size));
}

// Compares what is behind the first eight octets of entry `i`'s key and of `key`.
int CompareTail(const Page& page, size_t i, const uint8_t* key, size_t size) {
  const uint8_t* at = page.entry(i);
  const size_t left = std::max<size_t>(Load<uint16_t>(at), 8) - 8;
  const size_t right = std::max<size_t>(size, 8) - 8;
  const int order = std::memcmp(at + 2, key + 8, std::min(left, right));
  if (order != 0) return order;
  return left < right ? -1 : left > right ? 1 : 0;
}

// The first entry whose head is not less (or, with `after`, is greater) than `head`. No branch depends on the
// data.
template <bool after>
size_t Bound(const Page& page, uint64_t head) {
  const uint8_t* low = page.base() + sizeof(Page);
  const uint8_t* const heads = low;
  const auto below = [head](const uint8_t* at) {
    const uint64_t here = Load<uint64_t>(at);
    return size_t{after ? here <= head : here < head};
  };
  for (size_t left = page.count; left > 1;) {
    const size_t half = left / 2;
    low += (8 * half) & (0 - below(low + 8 * half - 8));
    left -= half;
  }
  return static_cast<size_t>(low - heads) / 8 + below(low);
}

// Among the entries from `low` on that share `head`.
Page::Place FindTail(const Page& page, size_t low, uint64_t head, const uint8_t* key, size_t size) {
  if (size <= 8 && Load<uint16_t>(page.entry(low)) <= 8) return {low, true};
  size_t high = Bound<true>(page, head);
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const int order = CompareTail(page, middle, key, size);
    if (order == 0) return {middle, true};
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return {low, false};
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

Page::Place Page::Find(const uint8_t* key, size_t size) const {
  if (prefix_size != 0) {
    const int order = std::memcmp(key, prefix(), std::min<size_t>(size, prefix_size));
    if (order > 0) return {count, false};
    if (order < 0 || size < prefix_size) return {0, false};
    key += prefix_size;
    size -= prefix_size;
  }
  const uint64_t wanted = Head(key, size);
  const size_t index = Bound<false>(*this, wanted);
  if (index == count || head(index) != wanted) return {index, false};
  return FindTail(*this, index, wanted, key, size);
}

}  // namespace quartet::nameserver
