#include "nameserver/zone/tree_writer.h"

#include <cstdlib>

#include "dns/base/check.h"
#include "dns/rdata/type.h"
#include "nameserver/zone/page_search.h"
#include "nameserver/zone/set_image.h"
#include "nameserver/zone/tree_limits.h"

namespace quartet::nameserver {
namespace {

// The apex' SOA below `page`, the leftmost of its level; nullptr if there is none.
const uint8_t* FindSoa(const Page* page) {
  while (page->level > 0) page = page->child(0);
  const uint8_t apex[kReadSlack] = {};
  const Page::Place place = page->Find(apex, 0);
  return place.found ? page->name(place.index).FindSet(static_cast<uint16_t>(dns::Type::kSoa)) : nullptr;
}

absl::string_view ChildBytes(const PageRef& ref) {
  return {reinterpret_cast<const char*>(&ref.page), kAddressSize};
}

}  // namespace

const Page* TreeWriter::WriteOne(const EntryList& entries, uint8_t level) {
  Page* page = WritePage(entries, 0, entries.count(), level);
  made_.push_back(page);
  Count(*page, true);
  return page;
}

std::vector<PageRef> TreeWriter::Write(const EntryList& entries, uint8_t level, std::string separator) {
  std::vector<PageRef> pages = WritePages(entries, level, std::move(separator));
  for (const PageRef& ref : pages) {
    made_.push_back(const_cast<Page*>(ref.page));
    Count(*ref.page, true);
  }
  return pages;
}

void TreeWriter::Drop(const Page* page) {
  Count(*page, false);
  dropped_.push_back(const_cast<Page*>(page));
}

void TreeWriter::DropSet(const uint8_t* set) {
  void* block = ExternalBlock(set);
  if (block == nullptr) return;
  totals_.bytes -= RecordSetView(set).size();
  dropped_.push_back(block);
}

void TreeWriter::AddBlocks(BlockList blocks) {
  for (void* block : blocks) totals_.bytes += Load<uint32_t>(static_cast<const uint8_t*>(block) + 4);
  made_.insert(made_.end(), blocks.begin(), blocks.end());
}

absl::StatusOr<const ZoneTree*> TreeWriter::Finish(std::vector<PageRef> pages, BlockList* dropped) {
  while (pages.size() > 1) {
    EntryList children;
    const size_t level = pages.front().page->level + size_t{1};
    QUARTET_CHECK(level < kMaxLevels);
    for (const PageRef& ref : pages) children.Add(ref.separator, ChildBytes(ref));
    pages = Write(children, static_cast<uint8_t>(level), std::string());
  }
  const uint8_t* soa = pages.empty() ? nullptr : FindSoa(pages.front().page);
  if (soa == nullptr) return absl::FailedPreconditionError("the zone has no SOA");
  const Page* root = pages.front().page;
  while (root->level > 0 && root->count == 1) {
    const Page* child = root->child(0);
    Drop(root);
    root = child;
  }
  auto* tree = static_cast<ZoneTree*>(std::malloc(sizeof(ZoneTree)));
  QUARTET_CHECK(tree != nullptr);
  *tree = totals_;
  tree->root = root;
  tree->soa = soa;
  made_.clear();
  dropped->insert(dropped->end(), dropped_.begin(), dropped_.end());
  return tree;
}

void TreeWriter::Count(const Page& page, bool add) {
  const uint64_t sign = add ? 1 : ~uint64_t{0};
  totals_.bytes += sign * page.bytes;
  if (page.level > 0) return;
  totals_.names += sign * page.count;
  totals_.cuts += static_cast<uint32_t>(sign) * page.cuts;
  totals_.dnames += static_cast<uint32_t>(sign) * page.dnames;
  totals_.wildcards += static_cast<uint32_t>(sign) * page.wildcards;
}

}  // namespace quartet::nameserver
