#include "nameserver/zone/tree.h"

#include <algorithm>

#include "nameserver/zone/page_search.h"
#include "nameserver/zone/prefetch.h"
#include "nameserver/zone/set_image.h"

namespace quartet::nameserver {
namespace {

// What of a page is asked for before its header is there: that, and the heads of some thirty names. A small
// zone has no more.
constexpr size_t kPageStart = 4 * kCacheLine;
// And of an entry: its owner and a small record set or two.
constexpr size_t kEntryStart = 2 * kCacheLine;

// Pages of up to so many names begin with all that a search needs.
constexpr size_t kAllAtOnce = 16;
static_assert(kAllAtOnce >= Page::kBlock);

// The heads and offsets of a block that begins with `first`, and the first ones of the next: a search may end there.
void PrefetchBlock(const Page& page, size_t first) {
  Prefetch(page.heads() + 8 * first, 8 * Page::kBlock + 8);
  Prefetch(page.offsets() + 4 * first, 4 * Page::kBlock + 4);
}

// What the answer will read: the name, or its neighbours.
[[gnu::always_inline]] inline bool FinishLeaf(const Page& page, const Page::Place& place, TreePath* path) {
  path->place = place;
  if (place.found) {
    path->entry = page.entry(place.index);
    Prefetch(path->entry, kEntryStart);
    return false;
  }
  if (place.index > 0) Prefetch(page.entry(place.index - 1), kEntryStart);
  if (place.index < page.count) Prefetch(page.entry(place.index), kEntryStart);
  return false;
}

// The steps are functions of their own, since each needs few registers: that is cheaper than one that has all.

bool GoDown(size_t child, TreePath* path) {
  const Page& page = *path->page;
  path->above[page.level] = {&page, child};
  path->page = page.child(child);
  Prefetch(path->page, kPageStart);
  return true;
}

[[gnu::noinline]] bool StepDownByTail(const LookupKey& key, TreePath* path) {
  return GoDown(path->page->FindChild(key.bytes, key.size), path);
}

// Pages above leaves are few and near: they are searched in one go.
[[gnu::noinline]] bool StepDown(const LookupKey& key, TreePath* path) {
  const size_t child = path->page->FindChildByHead(key.bytes, key.size);
  return child < path->page->count ? GoDown(child, path) : StepDownByTail(key, path);
}

[[gnu::noinline]] bool EnterLargeLeaf(const LookupKey& key, TreePath* path) {
  path->begun = true;
  path->block = path->page->Begin(key.bytes);
  PrefetchBlock(*path->page, path->block.first);
  return true;
}

[[gnu::noinline]] bool FindInLeaf(const LookupKey& key, TreePath* path) {
  const Page& page = *path->page;
  return FinishLeaf(page, page.Find(key.bytes, key.size), path);
}

[[gnu::noinline]] bool FinishLargeLeaf(const LookupKey& key, TreePath* path) {
  const Page& page = *path->page;
  Page::Place place;
  return page.FinishByHead(path->block, key.size, &place) ? FinishLeaf(page, place, path)
                                                          : FindInLeaf(key, path);
}

// The leaf in front of the one at the end of `path`; nullptr if that is the first.
const Page* PreviousLeaf(const TreePath& path, size_t root_level) {
  for (size_t level = 1; level <= root_level; ++level) {
    const auto [above, child] = path.above[level];
    if (child == 0) continue;
    const Page* page = above->child(child - 1);
    while (page->level > 0) page = page->child(page->count - size_t{1});
    return page;
  }
  return nullptr;
}

const Page* NextLeaf(const TreePath& path, size_t root_level) {
  for (size_t level = 1; level <= root_level; ++level) {
    const auto [above, child] = path.above[level];
    if (child + 1 == above->count) continue;
    const Page* page = above->child(child + 1);
    while (page->level > 0) page = page->child(0);
    return page;
  }
  return nullptr;
}

// How many octets key i of `leaf` has in common with `key`.
size_t CommonPrefix(const Page& leaf, size_t i, const LookupKey& key) {
  uint8_t other[dns::kMaxKey + kReadSlack];
  const size_t limit = std::min<size_t>(leaf.ReadKey(i, other), key.size);
  for (size_t at = 0; at < limit; at += 8) {
    const uint64_t difference = Load<uint64_t>(other + at) ^ Load<uint64_t>(key.bytes + at);
    if (difference != 0) return std::min(limit, at + static_cast<size_t>(__builtin_ctzll(difference)) / 8);
  }
  return limit;
}

// Whole labels in the first `size` octets of `key`.
size_t LabelsIn(const LookupKey& key, size_t size) {
  size_t labels = key.labels;
  while (key.end[labels] > size) --labels;
  return labels;
}

void CollectPage(const Page* page, BlockList* blocks) {
  for (size_t i = 0; i < page->count; ++i) {
    if (page->level > 0) {
      CollectPage(page->child(i), blocks);
      continue;
    }
    const NameView name = page->name(i);
    const uint8_t* set = name.sets();
    for (size_t left = name.set_count(); left > 0; --left, set = NameView::NextSet(set)) {
      if (void* block = ExternalBlock(set)) blocks->push_back(block);
    }
  }
  blocks->push_back(const_cast<Page*>(page));
}

}  // namespace

void ZoneTree::Begin(TreePath* path) const {
  path->page = root;
  path->begun = false;
  Prefetch(root, kPageStart);
}

bool ZoneTree::Step(const LookupKey& key, TreePath* path) {
  if (path->page->level > 0) return StepDown(key, path);
  if (path->begun) return FinishLargeLeaf(key, path);
  return path->page->count > kAllAtOnce ? EnterLargeLeaf(key, path) : FindInLeaf(key, path);
}

ZoneTree::Search ZoneTree::FindAround(const LookupKey& key, const TreePath& path) const {
  const Page* leaf = path.page;
  const size_t index = path.place.index;
  // The names around the place. What exists are these, and all names above them.
  const Page* before = index > 0 ? leaf : PreviousLeaf(path, root->level);
  const Page* after = index < leaf->count ? leaf : NextLeaf(path, root->level);
  size_t common = 0;
  if (after != nullptr) {
    common = CommonPrefix(*after, index < leaf->count ? index : 0, key);
    if (common == key.size) return {NameView(), true, key.labels};
  }
  if (before != nullptr) {
    common = std::max(common, CommonPrefix(*before, (index > 0 ? index : size_t{before->count}) - 1, key));
  }
  return {NameView(), false, static_cast<uint8_t>(LabelsIn(key, common))};
}

ZoneTree::Search ZoneTree::Find(const LookupKey& key) const {
  TreePath path;
  Begin(&path);
  while (Step(key, &path)) {
  }
  return Finish(key, path);
}

NameView ZoneTree::FindAncestor(const LookupKey& key, size_t labels) const {
  uint8_t bytes[dns::kMaxKey + kReadSlack];
  const size_t size = key.end[labels];
  std::memcpy(bytes, key.bytes, size);
  std::memset(bytes + size, 0, kReadSlack);
  const Page* page = root;
  while (page->level > 0) page = page->child(page->FindChild(bytes, size));
  const Page::Place place = page->Find(bytes, size);
  return place.found ? page->name(place.index) : NameView();
}

void CollectTree(const ZoneTree* tree, BlockList* blocks) {
  CollectPage(tree->root, blocks);
  blocks->push_back(const_cast<ZoneTree*>(tree));
}

}  // namespace quartet::nameserver
