#include "nameserver/zone/page_writer.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "dns/base/check.h"

namespace quartet::nameserver {
namespace {

size_t CommonPrefix(absl::string_view a, absl::string_view b) {
  const size_t limit = std::min(a.size(), b.size());
  return static_cast<size_t>(std::mismatch(a.begin(), a.begin() + limit, b.begin()).first - a.begin());
}

template <typename T>
void Store(uint8_t* at, T value) {
  std::memcpy(at, &value, sizeof(T));
}

uint64_t Head(absl::string_view key) {
  uint8_t first[8] = {};
  if (!key.empty()) std::memcpy(first, key.data(), std::min<size_t>(key.size(), 8));
  return __builtin_bswap64(Load<uint64_t>(first));
}

absl::string_view Tail(absl::string_view key) { return key.size() > 8 ? key.substr(8) : absl::string_view(); }

uint8_t* Append(uint8_t* at, absl::string_view bytes) {
  if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
  return at + bytes.size();
}

void CountFlags(uint8_t flags, Page* page) {
  page->cuts += (flags & NameView::kCut) != 0;
  page->dnames += (flags & NameView::kDname) != 0;
  page->wildcards += (flags & NameView::kWildcard) != 0;
}

}  // namespace

void EntryList::Add(absl::string_view key, absl::string_view payload) {
  items_.push_back({bytes_.size(), static_cast<uint32_t>(key.size()), static_cast<uint32_t>(payload.size())});
  bytes_.append(key.data(), key.size());
  bytes_.append(payload.data(), payload.size());
}

void EntryList::AddPage(const Page& page) {
  uint8_t key[dns::kMaxKey + kReadSlack];
  for (size_t i = 0; i < page.count; ++i) {
    const size_t size = page.ReadKey(i, key);
    Add({reinterpret_cast<const char*>(key), size},
        {reinterpret_cast<const char*>(page.payload(i)), PayloadSize(page, i)});
  }
}

void EntryList::Clear() {
  bytes_.clear();
  items_.clear();
}

Page* WritePage(const EntryList& entries, size_t begin, size_t end, uint8_t level) {
  const size_t count = end - begin;
  QUARTET_CHECK(count > 0 && count <= UINT16_MAX);
  const absl::string_view first = entries.key(begin);
  const size_t prefix = CommonPrefix(first, entries.key(end - 1));
  const size_t samples = Page::SamplesFor(count);
  size_t bytes = sizeof(Page) + Page::Padded(prefix) + 8 * samples + 12 * count;
  for (size_t i = begin; i < end; ++i) {
    bytes += 2 + Tail(entries.key(i).substr(prefix)).size() + entries.payload(i).size();
  }
  QUARTET_CHECK(bytes <= UINT32_MAX);
  auto* page = static_cast<Page*>(std::malloc(bytes));
  QUARTET_CHECK(page != nullptr);
  *page = Page{static_cast<uint32_t>(bytes),
               static_cast<uint16_t>(count),
               static_cast<uint16_t>(prefix),
               level,
               0,
               0,
               0,
               0};
  auto* base = reinterpret_cast<uint8_t*>(page);
  std::memset(base + sizeof(Page), 0, Page::Padded(prefix));
  Append(base + sizeof(Page), first.substr(0, prefix));
  uint8_t* const sample = base + sizeof(Page) + Page::Padded(prefix);
  uint8_t* const head = sample + 8 * samples;
  uint8_t* const offset = head + 8 * count;
  uint8_t* at = offset + 4 * count;
  for (size_t i = begin; i < end; ++i) {
    const absl::string_view rest = entries.key(i).substr(prefix);
    const absl::string_view payload = entries.payload(i);
    const size_t here = i - begin;
    Store<uint64_t>(head + 8 * here, Head(rest));
    if (here % Page::kBlock == 0) Store<uint64_t>(sample + here, Head(rest));
    Store<uint32_t>(offset + 4 * here, static_cast<uint32_t>(at - base));
    Store<uint16_t>(at, static_cast<uint16_t>(rest.size()));
    at = Append(Append(at + 2, Tail(rest)), payload);
    if (level == 0) CountFlags(static_cast<uint8_t>(payload[0]), page);
  }
  return page;
}

std::vector<PageRef> WritePages(const EntryList& entries, uint8_t level, std::string separator) {
  std::vector<PageRef> pages;
  const size_t wanted = std::max<size_t>(1, (entries.bytes() + kPageTarget - 1) / kPageTarget);
  const size_t share = entries.bytes() / wanted;
  size_t begin = 0;
  size_t filled = 0;
  for (size_t i = 0; i < entries.count(); ++i) {
    filled += entries.bytes(i);
    if (filled < share && i + 1 < entries.count()) continue;
    pages.push_back({std::exchange(separator, {}), WritePage(entries, begin, i + 1, level)});
    if (i + 1 < entries.count()) {
      // The key of an inner entry is a separator already: names between two of them belong to the first.
      const absl::string_view after = entries.key(i + 1);
      separator = level == 0 ? Separator(entries.key(i), after) : std::string(after);
    }
    begin = i + 1;
    filled = 0;
  }
  return pages;
}

std::string Separator(absl::string_view before, absl::string_view after) {
  return std::string(after.substr(0, CommonPrefix(before, after) + 1));
}

size_t PayloadSize(const Page& page, size_t i) {
  if (page.level > 0) return kAddressSize;
  const NameView name = page.name(i);
  const uint8_t* at = name.sets();
  for (size_t left = name.set_count(); left > 0; --left) at = NameView::NextSet(at);
  return static_cast<size_t>(at - page.payload(i));
}

}  // namespace quartet::nameserver
