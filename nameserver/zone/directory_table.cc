#include "nameserver/zone/directory_table.h"

#include <algorithm>
#include <cstdlib>

#include "dns/base/check.h"

namespace quartet::nameserver {
uint64_t DirectoryTable::SlotOf(const ZoneEntry* entry) {
  const auto address = reinterpret_cast<uint64_t>(entry);
  QUARTET_CHECK((address & ~kAddressMask) == 0);
  return (entry->hash & ~kAddressMask) | address;
}

DirectoryTable* DirectoryTable::Make(size_t size) {
  void* block = std::calloc(1, sizeof(DirectoryTable) + (size - 1) * sizeof(std::atomic<uint64_t>));
  QUARTET_CHECK(block != nullptr);
  // Zeroed memory is a table without entries: std::atomic<uint64_t> is a plain word.
  auto* table = static_cast<DirectoryTable*>(block);
  table->mask = size - 1;
  return table;
}

void DirectoryTable::Insert(ZoneEntry* entry) {
  size_t i = entry->hash & mask;
  while (slots[i].load(std::memory_order_relaxed) > kRemoved) i = (i + 1) & mask;
  if (slots[i].load(std::memory_order_relaxed) == 0) ++used;
  slots[i].store(SlotOf(entry), std::memory_order_release);
  ++entries;
  const size_t labels = entry->apex_labels;
  if (count[labels]++ == 0)
    has_labels[labels / 64].fetch_or(uint64_t{1} << (labels % 64), std::memory_order_release);
}

void DirectoryTable::Erase(const ZoneEntry* entry) {
  const uint64_t slot = SlotOf(entry);
  size_t i = entry->hash & mask;
  while (slots[i].load(std::memory_order_relaxed) != slot) i = (i + 1) & mask;
  slots[i].store(kRemoved, std::memory_order_release);
  --entries;
  const size_t labels = entry->apex_labels;
  if (--count[labels] == 0) {
    has_labels[labels / 64].fetch_and(~(uint64_t{1} << (labels % 64)), std::memory_order_release);
  }
}

size_t DirectoryTable::SizeFor(size_t entries) {
  size_t size = 64;
  while (size * 5 < (entries + 1) * 8) size *= 2;
  return size;
}

DirectoryTable* DirectoryTable::MakeWithRoomFor(size_t wanted) const {
  DirectoryTable* table = Make(SizeFor(std::max(wanted, entries)));
  for (size_t i = 0; i <= mask; ++i) {
    const uint64_t slot = slots[i].load(std::memory_order_relaxed);
    if (slot > kRemoved) table->Insert(EntryOf(slot));
  }
  return table;
}

}  // namespace quartet::nameserver
