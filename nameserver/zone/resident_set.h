// Which zones' pages leave memory first when it is short.
//
// Two queues. A zone that was just loaded waits in probation, which has a tenth of the memory; if it is asked for again
// there it moves on to the main queue, else it leaves. So a sweep over zones that nobody else asks for takes that tenth
// only. The main queue is a clock: a zone that was asked for since it was last looked at goes round again. One that left
// probation and is asked for soon after was thrown out too early, and comes back to the main queue at once.
//
// What was asked for is known by a byte in the zone's entry (ZoneEntry::touched), which a reader writes only where that
// changes it: no query writes what another one reads, in whatever order zones are asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "nameserver/zone/directory_table.h"

namespace quartet::nameserver {

// Not thread-safe: the directory's writer owns it. Keeps pointers to the entries it is given until they are removed.
class ResidentSet {
 public:
  // A zone with more than this stays in memory as long as it is served.
  static constexpr size_t kPinnedBytes = 16 << 20;
  // One in so many bytes belongs to probation.
  static constexpr size_t kProbationShare = 10;
  // Zones that get another round before one leaves all the same: bounds what a call of TakeVictim costs.
  static constexpr int kSecondChances = 1024;

  // What a zone's pages take, malloc's own share estimated.
  static size_t BytesOf(const ZoneTree& tree);

  // Pages of so many bytes are in memory. Precondition: they were not.
  void Add(ZoneEntry* entry, size_t bytes);
  // They are of another size now.
  void Resize(ZoneEntry* entry, size_t before, size_t after);
  // They are not in memory any more, or not to be counted.
  void Remove(ZoneEntry* entry, size_t bytes);
  // They stay in memory, until they are removed.
  void Pin(ZoneEntry* entry, size_t bytes);

  // The zone whose pages are to leave next: as if removed. nullptr: there is none but pinned ones.
  ZoneEntry* TakeVictim();

  size_t zones() const { return zones_; }
  // Of all pages, and of those that are pinned.
  size_t bytes() const { return probation_.bytes + main_.bytes + pinned_bytes_; }
  size_t pinned_bytes() const { return pinned_bytes_; }

 private:
  // Entries in order of arrival; one that was taken out of the middle leaves a nullptr until it comes to the front, or
  // too many have gathered.
  struct Queue {
    const uint32_t kind;
    std::deque<ZoneEntry*> entries;
    // The number of the first of entries.
    uint32_t first = 0;
    size_t gone = 0;
    size_t bytes = 0;

    void Push(ZoneEntry* entry, size_t bytes);
    void Take(ZoneEntry* entry, size_t bytes);
    // The oldest; nullptr: none.
    ZoneEntry* front();
    bool empty() const { return entries.size() == gone; }
    void DropGone();
  };

  // ZoneEntry::place: the kind of place, and a number there.
  static constexpr uint32_t kKinds = 3u << 30;
  static constexpr uint32_t kNowhere = 0u << 30;
  static constexpr uint32_t kProbation = 1u << 30;
  static constexpr uint32_t kMain = 2u << 30;
  // Not in memory: it left probation, when so many zones had (modulo 2^30).
  static constexpr uint32_t kLeft = 3u << 30;

  Queue* QueueOf(const ZoneEntry* entry);
  bool LeftLately(const ZoneEntry* entry) const;

  Queue probation_{kProbation, {}};
  Queue main_{kMain, {}};
  size_t pinned_bytes_ = 0;
  size_t zones_ = 0;
  // Zones that left probation.
  uint32_t left_ = 0;
};

}  // namespace quartet::nameserver
