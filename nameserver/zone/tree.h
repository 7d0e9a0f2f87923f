// A zone in memory: a copy-on-write B+tree of immutable pages in canonical order of names.
//
// A version of a zone is a root and what it leads to. A batch makes a new version that shares all pages it
// did not touch; the old version's own pages go to a BlockList, which is freed when no reader can hold them.
// Nothing here takes a lock; const functions may be called by any number of readers, building and updating is
// for one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "nameserver/zone/lookup_name.h"
#include "nameserver/zone/page.h"
#include "nameserver/zone/rcu.h"
#include "nameserver/zone/tree_limits.h"

namespace quartet::nameserver {

// One record set of a batch: `record_key` as replication/record/record_key.h has it, `served` the served part
// of its value (replication/record/record_value.h), nullopt if it was removed.
struct RecordUpdate {
  absl::string_view record_key;
  std::optional<absl::string_view> served;
};

// The way of a key from the root to its leaf. Plain data on the stack, of which only the used part is ever
// written.
struct TreePath {
  // The page looked at next; in the end the leaf.
  const Page* page;
  // Where in it, once its heads are asked for; and where in the leaf.
  bool begun;
  Page::Block block;
  Page::Place place;
  // The entry there, if it was found.
  const uint8_t* entry;
  // At each level above the leaf a page and the child taken.
  struct Way {
    const Page* page;
    size_t child;
  } above[kMaxLevels];
};

// One version of a zone. Plain data in a block from std::malloc.
struct ZoneTree {
  // Where a name is, or what is around the place where it would be.
  struct Search {
    // The name itself; invalid if the zone has no records there.
    NameView name;
    // The name exists: it has records, or names below it have (an empty non-terminal, RFC 8020).
    bool exists;
    // Labels below the apex of the closest encloser (RFC 4592 §3.3.1): the name itself if it exists.
    uint8_t encloser;
  };
  Search Find(const LookupKey& key) const;
  // The same in steps, for who has many keys: each step asks memory for what the next one needs, which comes
  // while the same step is done for the others. Begin, Step until it is false, Finish.
  void Begin(TreePath* path) const;
  // Goes on to the next page; false: it is found where in the leaf the key is.
  static bool Step(const LookupKey& key, TreePath* path);
  Search Finish(const LookupKey& key, const TreePath& path) const {
    if (path.place.found) return {NameView(Page::Payload(path.entry)), true, key.labels};
    return FindAround(key, path);
  }
  // The name of the ancestor of `key` with `labels` labels below the apex; invalid if it has no records.
  NameView FindAncestor(const LookupKey& key, size_t labels) const;
  // The apex' SOA, which every zone has.
  RecordSetView Soa() const { return RecordSetView(soa); }
  // Whether there are names whose records cover what is below them.
  bool HasCovers() const { return (cuts | dnames) != 0; }

  // Invariant: not null. A leaf if the zone is one page.
  const Page* root;
  // Points into the first leaf.
  const uint8_t* soa;
  // Of the zone's record sets, as whoever installed or changed it said.
  uint64_t revision;
  uint64_t names;
  // Bytes of all pages and of the record sets outside them.
  uint64_t bytes;
  // Names with an NS set below the apex, with a DNAME, and with a label `*`. Zero lets a search stop early.
  uint32_t cuts;
  uint32_t dnames;
  uint32_t wildcards;

 private:
  // What is around the place of a key that was not found.
  Search FindAround(const LookupKey& key, const TreePath& path) const;
};

// Makes the first version of a zone. Not thread-safe; may be used on any thread.
class ZoneBuilder {
 public:
  explicit ZoneBuilder(dns::Name apex);
  ~ZoneBuilder();
  ZoneBuilder(ZoneBuilder&&) noexcept;
  ZoneBuilder& operator=(ZoneBuilder&&) noexcept;

  const dns::Name& apex() const;
  // Takes the zone's record sets in ascending order of keys. INVALID_ARGUMENT: out of order, or a key or
  // value that is damaged; UNIMPLEMENTED: a value of a later format.
  absl::Status Add(absl::string_view record_key, absl::string_view served);
  // FAILED_PRECONDITION: the zone has no SOA. The tree belongs to the caller (see CollectTree). Ends the
  // builder.
  absl::StatusOr<const ZoneTree*> Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The version after a batch; blocks that only `old` uses are added to `retired`. Errors as Directory::Update;
// then `retired` is untouched.
absl::StatusOr<const ZoneTree*> UpdateTree(const ZoneTree& old, const dns::Name& apex,
                                           std::span<const RecordUpdate> updates, BlockList* retired);

// Adds all blocks of a version to `blocks`, its root included.
void CollectTree(const ZoneTree* tree, BlockList* blocks);

}  // namespace quartet::nameserver
