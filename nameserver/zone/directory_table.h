// The hash table of zones by apex behind a Directory.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "nameserver/zone/prefetch.h"
#include "nameserver/zone/tree.h"

namespace quartet::nameserver {

// Stands in an entry for the pages of a zone that are on disk only. It can't be followed.
inline const ZoneTree* ColdTree() { return reinterpret_cast<const ZoneTree*>(uintptr_t{1}); }
// Neither nullptr nor ColdTree().
inline bool IsResident(const ZoneTree* tree) { return reinterpret_cast<uintptr_t>(tree) > 1; }

// A zone in the directory. Its address is stable as long as the zone has its name there.
struct ZoneEntry {
  // nullptr: SERVFAIL. The name is kept, nothing can be served, and no parent zone answers in its place.
  // ColdTree(): it is served, once its pages are loaded.
  std::atomic<const ZoneTree*> tree;
  uint64_t hash;
  // Whether it was asked for since the writer last looked (kTouched). Readers write it only where that changes it, so
  // that a zone asked for all the time costs them no shared write. A zone that was just loaded is kFresh, and the query
  // that it was loaded for does not count.
  mutable std::atomic<uint8_t> touched;
  uint8_t apex_labels;
  uint8_t apex_size;
  uint8_t id_size;
  // The writer's own: where the zone stands in resident_set.h.
  uint32_t place = 0;

  static constexpr uint8_t kUntouched = 0;
  static constexpr uint8_t kTouched = 1;
  static constexpr uint8_t kFresh = 2;
  void Touch() const {
    const uint8_t before = touched.load(std::memory_order_relaxed);
    if (before != kTouched)
      touched.store(before == kFresh ? kUntouched : kTouched, std::memory_order_relaxed);
  }

  // Behind the entry: the apex in wire format, lower-case; then the zone id.
  uint8_t* bytes() { return reinterpret_cast<uint8_t*>(this + 1); }
  const uint8_t* bytes() const { return reinterpret_cast<const uint8_t*>(this + 1); }
  std::span<const uint8_t> apex() const { return {bytes(), apex_size}; }
  absl::string_view id() const { return {reinterpret_cast<const char*>(bytes()) + apex_size, id_size}; }
};

// Numbers of labels.
class LabelSet {
 public:
  LabelSet() = default;
  LabelSet(uint64_t below_64, uint64_t others) : below_64_(below_64), others_(others) {}

  bool empty() const { return (below_64_ | others_) == 0; }
  // The members up to `most`.
  LabelSet UpTo(size_t most) const {
    if (most < 63) return {below_64_ & ((uint64_t{2} << most) - 1), 0};
    return {below_64_, most == 63 ? 0 : others_ & ((uint64_t{2} << (most - 64)) - 1)};
  }
  // Takes the largest out. Precondition: not empty().
  size_t Pop() { return others_ == 0 ? Pop(&below_64_) : 64 + Pop(&others_); }

 private:
  static size_t Pop(uint64_t* word) {
    const size_t bit = 63 - static_cast<size_t>(__builtin_clzll(*word));
    *word ^= uint64_t{1} << bit;
    return bit;
  }

  // Without values of their own, so that what is not used costs nothing.
  uint64_t below_64_;
  uint64_t others_;
};
static_assert(dns::Name::kMaxLabels < 128);

// Open addressing with linear probing, in one block from std::malloc. One thread writes; readers are under RCU and may
// probe while slots are filled: a slot's entry changes only to "removed", and from there to another entry, neither of
// which ends a probe.
struct DirectoryTable {
  // `size` is a power of two.
  static DirectoryTable* Make(size_t size);
  // What Make takes for a table of so many entries that is not to grow soon.
  static size_t SizeFor(size_t entries);
  // One of the same entries, with room for so many and without removed ones.
  DirectoryTable* MakeWithRoomFor(size_t wanted) const;

  // Whether an entry more would make probes long.
  bool IsFull() const { return (used + 1) * 8 > (mask + 1) * 5; }
  // The numbers of labels that entries may have.
  LabelSet Labels() const {
    return {has_labels[0].load(std::memory_order_acquire), has_labels[1].load(std::memory_order_acquire)};
  }
  // nullptr: none has this apex (lower-case wire format, with its hash).
  const ZoneEntry* Probe(uint64_t hash, std::span<const uint8_t> apex) const {
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
      const uint64_t slot = slots[i].load(std::memory_order_acquire);
      if (slot == 0) return nullptr;
      if (!MayBe(slot, hash)) continue;
      const ZoneEntry* entry = EntryOf(slot);
      if (entry->apex_size == apex.size() && std::memcmp(entry->bytes(), apex.data(), apex.size()) == 0)
        return entry;
    }
  }
  // Asks memory for the slot, and, once that has come, for the entry, that Probe will look at first.
  void PrefetchSlot(uint64_t hash) const { __builtin_prefetch(&slots[hash & mask]); }
  void PrefetchEntry(uint64_t hash) const {
    const uint64_t slot = slots[hash & mask].load(std::memory_order_relaxed);
    if (slot != 0 && MayBe(slot, hash)) Prefetch(EntryOf(slot), kCacheLine);
  }
  // So few entries that all of it is near anyway.
  bool IsSmall() const { return mask < 1024; }

  // Precondition: not IsFull().
  void Insert(ZoneEntry* entry);
  // Precondition: it is there.
  void Erase(const ZoneEntry* entry);

  size_t mask;
  // Slots that are not 0, and entries. Invariant: entries <= used <= mask.
  size_t used;
  size_t entries;
  // Entries by number of labels, and a bit for each number there are entries of: readers skip the others.
  size_t count[dns::Name::kMaxLabels + 1];
  std::atomic<uint64_t> has_labels[2];
  // 0: never used; 1: removed; otherwise an entry's address with the upper 16 bits of its hash in front.
  std::atomic<uint64_t> slots[1];

 private:
  static constexpr uint64_t kRemoved = 1;
  static constexpr uint64_t kAddressMask = (uint64_t{1} << 48) - 1;

  static uint64_t SlotOf(const ZoneEntry* entry);
  static ZoneEntry* EntryOf(uint64_t slot) { return reinterpret_cast<ZoneEntry*>(slot & kAddressMask); }
  // Whether a slot that is not 0 may have the entry of this hash.
  static bool MayBe(uint64_t slot, uint64_t hash) {
    return ((slot ^ hash) & ~kAddressMask) == 0 && slot != kRemoved;
  }
};

}  // namespace quartet::nameserver
