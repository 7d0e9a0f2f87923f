// What building and updating a zone's tree share: writing pages while keeping the version's totals.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "nameserver/zone/page_writer.h"
#include "nameserver/zone/rcu.h"
#include "nameserver/zone/tree.h"

namespace quartet::nameserver {

// A version in the making. Owns the blocks it made until Finish; those of the version before stay where they
// are.
class TreeWriter {
 public:
  // Totals start from `before`, all zero for a new zone.
  explicit TreeWriter(const ZoneTree& before) : totals_(before) {}
  // Frees what was made if Finish was not reached.
  ~TreeWriter() { FreeNow(made_); }
  TreeWriter(const TreeWriter&) = delete;
  TreeWriter& operator=(const TreeWriter&) = delete;

  // As WritePages and WritePage of page_writer.h.
  const Page* WriteOne(const EntryList& entries, uint8_t level);
  std::vector<PageRef> Write(const EntryList& entries, uint8_t level, std::string separator);
  // A page or record set of the version before (or of this one) that this version does not use.
  void Drop(const Page* page);
  void DropSet(const uint8_t* set);
  // Takes over the blocks of record sets that were added.
  void AddBlocks(BlockList blocks);

  // Writes inner pages over `pages` up to one root. FAILED_PRECONDITION: there is no SOA at the apex. What
  // was dropped is added to `dropped`.
  absl::StatusOr<const ZoneTree*> Finish(std::vector<PageRef> pages, BlockList* dropped);

 private:
  void Count(const Page& page, bool add);

  ZoneTree totals_;
  BlockList made_;
  BlockList dropped_;
};

}  // namespace quartet::nameserver
