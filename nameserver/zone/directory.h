// The zones a node answers for, by apex name: what queries look into and what the replica's writer changes.
//
// Readers (Find) are threads registered with RCU (rcu.h) and online; they take no lock, and what Find returns
// stays valid until they say Quiescent or Offline. Writing is for one thread at a time (the replica's
// writer). Changes are staged by Install, Update, Unload, Fail and Remove and become visible by Publish: per zone in
// one step, so that an answer sees all staged changes of the zone or none. Memory nobody can reach any more
// is freed later, on another thread; Publish never waits for readers.
//
// With a budget for pages, zones get cold (their pages leave memory) where it is exceeded: resident_set.h says which.
// Whoever sets one must be able to load them again.
//
// One Directory is one scope: the public zones, or those of one VPC.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "nameserver/zone/directory_table.h"
#include "nameserver/zone/lookup_name.h"
#include "nameserver/zone/rcu.h"
#include "nameserver/zone/resident_set.h"
#include "nameserver/zone/tree.h"

namespace quartet::nameserver {

// What a query's name leads to.
struct ZoneMatch {
  // nullptr: no zone here covers the name.
  const ZoneEntry* entry = nullptr;
  // The zone's root at this moment; nullptr: SERVFAIL, or `cold`. Take it once per answer.
  const ZoneTree* tree = nullptr;
  // The zone is served, and its pages are on disk only: they are to be loaded before it can be answered.
  bool cold = false;
};

// A name on its way through the directory. Plain data, of which only the used part is ever written.
struct DirectoryProbe {
  const DirectoryTable* table;
  // Numbers of labels a zone above the name may have.
  LabelSet labels;
  // Of the suffixes with so many labels.
  uint64_t hashes[dns::Name::kMaxLabels + 1];
};

class Directory {
 public:
  Directory();
  // No reader may be left; the calling thread is offline or not registered.
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  // The zone with the longest apex that `name` is at or below, of those with at most `max_labels` labels.
  ZoneMatch Find(const LookupName& name, size_t max_labels) const;

  // The same in steps, for who has many names: each step asks memory for what the next one needs, which comes
  // while the same step is done for the other names. All on one thread, without being Quiescent in between. Defined in
  // directory_search.h.
  void Start(const LookupName& name, size_t max_labels, DirectoryProbe* probe) const;
  static void Approach(const DirectoryProbe& probe);
  static ZoneMatch Finish(const LookupName& name, const DirectoryProbe& probe);

  // ---- The writer's side. But for AddCold nothing below is seen by readers before Publish. ----

  // A zone by its id and its apex (wire format, lower-case).
  struct ColdName {
    absl::string_view zone_id;
    absl::string_view apex;
  };
  // Zones that are cold, at once. For a directory that is being filled from a list: none of the ids may be there yet. One
  // whose apex is there is left out. Returns how many were added.
  size_t AddCold(std::span<const ColdName> zones);
  // So many zones are to come.
  void Reserve(size_t zones);

  // Serves zone `zone_id` from the builder's records, instead of what was served for this id before. The
  // builder may have been filled on another thread. ALREADY_EXISTS: another zone has this apex;
  // INVALID_ARGUMENT, FAILED_PRECONDITION: as ZoneBuilder::Finish. After an error the zone is as it was.
  absl::Status Install(absl::string_view zone_id, ZoneBuilder builder, uint64_t revision = 0);

  // Applies a batch to a zone that is served (after what is staged for it). The updates may come in any
  // order; of two with one key the later counts. Removing what isn't there is no error. NOT_FOUND: no such
  // zone; FAILED_PRECONDITION: it is in SERVFAIL, or has no SOA after the batch; INVALID_ARGUMENT: a key or
  // value is damaged. After an error the zone is as it was.
  absl::Status Update(absl::string_view zone_id, std::span<const RecordUpdate> updates,
                      uint64_t revision = 0);

  // The zone is cold from now on, whether it was known or not. Errors as for Install.
  absl::Status Unload(absl::string_view zone_id, const dns::Name& apex);

  // The zone answers SERVFAIL from now on, whether it was known or not. ALREADY_EXISTS, INVALID_ARGUMENT: as
  // for Install.
  absl::Status Fail(absl::string_view zone_id, const dns::Name& apex);

  // The zone is gone: its names belong to a zone above, if any, or are REFUSED. No error if it is not there.
  void Remove(absl::string_view zone_id);

  // On return every datagram received later sees all that was staged. Several zones may become visible one
  // after the other. Then makes zones cold, if pages exceed the budget.
  void Publish();

  // Bytes that pages may take; 0: any. Pages of zones that are pinned (ResidentSet::kPinnedBytes, Pin) count and stay, and
  // leave the others an eighth at least. For the next Publish on.
  void set_page_budget(size_t bytes) { page_budget_ = bytes; }
  // The pages of the zone, as it is published, stay until they are replaced as a whole. No-op if there are none.
  void Pin(absl::string_view zone_id);

  // What a zone is after all that is staged.
  enum class State : uint8_t { kAbsent, kFailing, kCold, kResident };
  State StateOf(absl::string_view zone_id) const;
  // As published; nullopt: it is not there.
  std::optional<dns::Name> ApexOf(absl::string_view zone_id) const;
  // The revision that it answers from after all that is staged; 0: none, or not in memory.
  uint64_t RevisionOf(absl::string_view zone_id) const;
  // Calls `visit` with the id and apex of each zone published; the directory must not be changed by it.
  void ForEach(
      const std::function<void(absl::string_view zone_id, std::span<const uint8_t> apex)>& visit) const;

  // Zones published, those in SERVFAIL and cold ones included. For the writer's thread.
  size_t zone_count() const { return zones_.size(); }
  // Of these, in SERVFAIL.
  size_t failing_count() const { return failing_; }
  // Zones in memory and what their pages take; zones that left it for the budget.
  size_t resident_count() const { return resident_.zones(); }
  size_t resident_bytes() const { return resident_.bytes(); }
  uint64_t evictions() const { return evictions_; }
  // What the directory takes without pages, about.
  size_t own_bytes() const;
  // Waits until all memory retired so far is freed; the calling thread must not be online.
  void DrainForTest() { reclaimer_.Drain(); }

 private:
  struct Staged;
  // Entries by zone id, eight bytes an entry.
  struct IdHash {
    using is_transparent = void;
    size_t operator()(absl::string_view id) const { return absl::Hash<absl::string_view>()(id); }
    size_t operator()(const ZoneEntry* entry) const { return (*this)(entry->id()); }
  };
  struct IdEqual {
    using is_transparent = void;
    static absl::string_view Id(absl::string_view id) { return id; }
    static absl::string_view Id(const ZoneEntry* entry) { return entry->id(); }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return Id(a) == Id(b);
    }
  };

  ZoneEntry* FindId(absl::string_view zone_id) const;
  absl::Status StageWithoutTree(absl::string_view zone_id, const dns::Name& apex, const ZoneTree* tree);
  const ZoneTree* Current(absl::string_view zone_id) const;
  absl::Status CheckApex(absl::string_view zone_id, const dns::Name& apex) const;
  void Stage(absl::string_view zone_id, Staged change);
  void DropStaged(absl::string_view zone_id);
  void PublishZone(absl::string_view zone_id, const Staged& staged);
  void PublishRemoval(absl::string_view zone_id, const Staged& staged);
  void NoteResident(ZoneEntry* entry, const ZoneTree* old, const ZoneTree* tree, bool replaces);
  void Evict();
  size_t AddColdGroup(std::span<const ColdName> zones);
  void Insert(ZoneEntry* entry);
  void Replace(DirectoryTable* table);

  const uint64_t seed_;
  std::atomic<DirectoryTable*> table_;
  // All below is the writer's own.
  absl::flat_hash_set<ZoneEntry*, IdHash, IdEqual> zones_;
  // By zone id.
  absl::flat_hash_map<std::string, Staged> staged_;
  // Apexes of what is staged to be there, with the zone id.
  absl::flat_hash_map<std::string, std::string> staged_apexes_;
  ResidentSet resident_;
  size_t page_budget_ = 0;
  uint64_t evictions_ = 0;
  size_t failing_ = 0;
  size_t entry_bytes_ = 0;
  // Blocks no reader can find once what is staged is published.
  BlockList retired_;
  Reclaimer reclaimer_;
};

}  // namespace quartet::nameserver
