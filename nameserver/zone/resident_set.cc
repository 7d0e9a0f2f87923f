#include "nameserver/zone/resident_set.h"

#include "dns/base/check.h"

namespace quartet::nameserver {
namespace {

constexpr uint32_t kNumbers = (1u << 30) - 1;
// Of malloc, for each block; a small zone has two, its root and its page.
constexpr size_t kBlockBytes = 16;
// Gone entries that a queue may hold, beside as many as are there.
constexpr size_t kGoneKept = 1024;

size_t BytesOfEntry(const ZoneEntry* entry) {
  return ResidentSet::BytesOf(*entry->tree.load(std::memory_order_relaxed));
}

}  // namespace

size_t ResidentSet::BytesOf(const ZoneTree& tree) {
  return static_cast<size_t>(tree.bytes) + sizeof(ZoneTree) + 2 * kBlockBytes;
}

void ResidentSet::Queue::Push(ZoneEntry* entry, size_t size) {
  entry->place = kind | ((first + static_cast<uint32_t>(entries.size())) & kNumbers);
  entries.push_back(entry);
  bytes += size;
}

void ResidentSet::Queue::Take(ZoneEntry* entry, size_t size) {
  entries[(entry->place - first) & kNumbers] = nullptr;
  entry->place = kNowhere;
  bytes -= size;
  ++gone;
  if (gone > kGoneKept + entries.size() / 2) DropGone();
}

void ResidentSet::Queue::DropGone() {
  std::deque<ZoneEntry*> all;
  all.swap(entries);
  gone = 0;
  for (ZoneEntry* entry : all) {
    if (entry != nullptr) Push(entry, 0);
  }
}

ZoneEntry* ResidentSet::Queue::front() {
  while (!entries.empty() && entries.front() == nullptr) {
    entries.pop_front();
    ++first;
    --gone;
  }
  return entries.empty() ? nullptr : entries.front();
}

ResidentSet::Queue* ResidentSet::QueueOf(const ZoneEntry* entry) {
  switch (entry->place & kKinds) {
    case kProbation:
      return &probation_;
    case kMain:
      return &main_;
    default:
      return nullptr;
  }
}

// Since then no more zones have left than the main queue holds: had probation been as large as that, it would have
// stayed.
bool ResidentSet::LeftLately(const ZoneEntry* entry) const {
  if ((entry->place & kKinds) != kLeft) return false;
  return ((left_ - entry->place) & kNumbers) <= main_.entries.size();
}

void ResidentSet::Add(ZoneEntry* entry, size_t bytes) {
  QUARTET_CHECK(QueueOf(entry) == nullptr);
  ++zones_;
  if (bytes > kPinnedBytes) {
    entry->place = kNowhere;
    pinned_bytes_ += bytes;
    return;
  }
  (LeftLately(entry) ? main_ : probation_).Push(entry, bytes);
}

void ResidentSet::Resize(ZoneEntry* entry, size_t before, size_t after) {
  Queue* queue = QueueOf(entry);
  size_t& bytes = queue == nullptr ? pinned_bytes_ : queue->bytes;
  bytes += after - before;
  if (queue != nullptr && after > kPinnedBytes) Pin(entry, after);
}

void ResidentSet::Remove(ZoneEntry* entry, size_t bytes) {
  --zones_;
  if (Queue* queue = QueueOf(entry)) {
    queue->Take(entry, bytes);
  } else {
    pinned_bytes_ -= bytes;
  }
}

void ResidentSet::Pin(ZoneEntry* entry, size_t bytes) {
  Queue* queue = QueueOf(entry);
  if (queue == nullptr) return;
  queue->Take(entry, bytes);
  pinned_bytes_ += bytes;
}

ZoneEntry* ResidentSet::TakeVictim() {
  for (int chances = kSecondChances; !probation_.empty() || !main_.empty(); --chances) {
    const size_t share = (probation_.bytes + main_.bytes) / kProbationShare;
    Queue& queue = main_.empty() || (!probation_.empty() && probation_.bytes > share) ? probation_ : main_;
    ZoneEntry* entry = queue.front();
    const size_t bytes = BytesOfEntry(entry);
    queue.Take(entry, bytes);
    if (chances > 0 && entry->touched.load(std::memory_order_relaxed) == ZoneEntry::kTouched) {
      entry->touched.store(ZoneEntry::kUntouched, std::memory_order_relaxed);
      main_.Push(entry, bytes);
      continue;
    }
    --zones_;
    if (&queue == &probation_) entry->place = kLeft | (++left_ & kNumbers);
    return entry;
  }
  return nullptr;
}

}  // namespace quartet::nameserver
