// The zones a node answers for, by apex name: what queries look into and what the replica's writer changes.
//
// Readers (Find) are threads registered with RCU (rcu.h) and online; they take no lock, and what Find returns
// stays valid until they say Quiescent or Offline. Writing is for one thread at a time (the replica's
// writer). Changes are staged by Install, Update, Fail and Remove and become visible by Publish: per zone in
// one step, so that an answer sees all staged changes of the zone or none. Memory nobody can reach any more
// is freed later, on another thread; Publish never waits for readers.
//
// One Directory is one scope: the public zones, or those of one VPC.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "nameserver/zone/lookup_name.h"
#include "nameserver/zone/rcu.h"
#include "nameserver/zone/tree.h"

namespace quartet::nameserver {

// A zone in the directory. Its address is stable as long as the zone has its name there.
struct ZoneEntry {
  // nullptr: SERVFAIL. The name is kept, nothing can be served, and no parent zone answers in its place.
  std::atomic<const ZoneTree*> tree;
  uint64_t hash;
  uint8_t apex_labels;
  uint8_t apex_size;
  uint8_t id_size;
  // Apex in wire format, lower-case; then the zone id.
  uint8_t bytes[1];

  std::span<const uint8_t> apex() const { return {bytes, apex_size}; }
  absl::string_view id() const { return {reinterpret_cast<const char*>(bytes) + apex_size, id_size}; }
};

// What a query's name leads to.
struct ZoneMatch {
  // nullptr: no zone here covers the name.
  const ZoneEntry* entry = nullptr;
  // The zone's root at this moment; nullptr: SERVFAIL. Take it once per answer.
  const ZoneTree* tree = nullptr;
};

class Directory {
 public:
  Directory();
  // No reader may be left.
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  // The zone with the longest apex that `name` is at or below, of those with at most `max_labels` labels.
  // `name` must be hashed (LookupName::Hash with hash_seed()).
  ZoneMatch Find(const LookupName& name, size_t max_labels) const;
  uint64_t hash_seed() const { return seed_; }

  // ---- The writer's side. Nothing below is seen by readers before Publish. ----

  // Serves zone `zone_id` from the builder's records, instead of what was served for this id before. The
  // builder may have been filled on another thread. ALREADY_EXISTS: another zone has this apex;
  // INVALID_ARGUMENT, FAILED_PRECONDITION: as ZoneBuilder::Finish. After an error the zone is as it was.
  absl::Status Install(absl::string_view zone_id, ZoneBuilder builder);

  // Applies a batch to a zone that is served (after what is staged for it). The updates may come in any
  // order; of two with one key the later counts. Removing what isn't there is no error. NOT_FOUND: no such
  // zone; FAILED_PRECONDITION: it is in SERVFAIL, or has no SOA after the batch; INVALID_ARGUMENT: a key or
  // value is damaged. After an error the zone is as it was.
  absl::Status Update(absl::string_view zone_id, std::span<const RecordUpdate> updates);

  // The zone answers SERVFAIL from now on, whether it was known or not. ALREADY_EXISTS as for Install.
  absl::Status Fail(absl::string_view zone_id, const dns::Name& apex);

  // The zone is gone: its names belong to a zone above, if any, or are REFUSED. No error if it is not there.
  void Remove(absl::string_view zone_id);

  // On return every datagram received later sees all that was staged. Several zones may become visible one
  // after the other.
  void Publish();

  // Zones published, those in SERVFAIL included.
  size_t zone_count() const { return zones_.size(); }
  // Waits until all memory retired so far is freed; the calling thread must not be online.
  void DrainForTest() { reclaimer_.Drain(); }

 private:
  struct Table;
  struct Staged;

  const ZoneEntry* Probe(const Table& table, const LookupName& name, size_t labels) const;
  absl::StatusOr<Staged*> Stage(absl::string_view zone_id, const dns::Name& apex);
  bool ApexTaken(absl::string_view zone_id, absl::string_view apex) const;
  void PublishZone(const std::string& zone_id, Staged& staged);
  void Insert(ZoneEntry* entry);
  void Erase(const ZoneEntry* entry);
  void Grow();

  const uint64_t seed_;
  std::atomic<Table*> table_;
  // The writer's own view: zone id -> entry, and what is staged.
  absl::flat_hash_map<std::string, ZoneEntry*> zones_;
  absl::flat_hash_map<std::string, Staged> staged_;
  BlockList retired_;
  Reclaimer reclaimer_;
};

}  // namespace quartet::nameserver
