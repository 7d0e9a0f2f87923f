#include "nameserver/zone/tree.h"

#include <algorithm>

#include "nameserver/zone/set_image.h"
#include "nameserver/zone/tree_limits.h"

namespace quartet::nameserver {
namespace {

// The way from the root to a leaf: at each level a page and the child taken.
struct Path {
  const Page* page[kMaxLevels];
  size_t index[kMaxLevels];
};

// The child whose range holds the place found among the separators: the last one not greater than the key.
size_t ChildAt(const Page::Place& place) {
  if (place.found || place.index == 0) return place.index;
  return place.index - 1;
}

const Page* Descend(const Page* page, const uint8_t* key, size_t size, Path* path) {
  while (page->level > 0) {
    const size_t index = ChildAt(page->Find(key, size));
    path->page[page->level] = page;
    path->index[page->level] = index;
    page = page->child(index);
  }
  return page;
}

// The leaf in front of the one at the end of `path`; nullptr if that is the first.
const Page* PreviousLeaf(const Path& path, size_t root_level) {
  for (size_t level = 1; level <= root_level; ++level) {
    if (path.index[level] == 0) continue;
    const Page* page = path.page[level]->child(path.index[level] - 1);
    while (page->level > 0) page = page->child(page->count - size_t{1});
    return page;
  }
  return nullptr;
}

const Page* NextLeaf(const Path& path, size_t root_level) {
  for (size_t level = 1; level <= root_level; ++level) {
    if (path.index[level] + 1 == path.page[level]->count) continue;
    const Page* page = path.page[level]->child(path.index[level] + 1);
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

ZoneTree::Search ZoneTree::Find(const LookupKey& key) const {
  Path path;
  const Page* leaf = Descend(root, key.bytes, key.size, &path);
  const Page::Place place = leaf->Find(key.bytes, key.size);
  if (place.found) return {leaf->name(place.index), true, key.labels};
  // The names around the place. What exists are these, and all names above them.
  const Page* before = place.index > 0 ? leaf : PreviousLeaf(path, root->level);
  const Page* after = place.index < leaf->count ? leaf : NextLeaf(path, root->level);
  size_t common = 0;
  if (after != nullptr) {
    common = CommonPrefix(*after, place.index < leaf->count ? place.index : 0, key);
    if (common == key.size) return {NameView(), true, key.labels};
  }
  if (before != nullptr) {
    const size_t index = (place.index > 0 ? place.index : size_t{before->count}) - 1;
    common = std::max(common, CommonPrefix(*before, index, key));
  }
  return {NameView(), false, static_cast<uint8_t>(LabelsIn(key, common))};
}

NameView ZoneTree::FindAncestor(const LookupKey& key, size_t labels) const {
  Path path;
  const size_t size = key.end[labels];
  const Page* leaf = Descend(root, key.bytes, size, &path);
  const Page::Place place = leaf->Find(key.bytes, size);
  return place.found ? leaf->name(place.index) : NameView();
}

void CollectTree(const ZoneTree* tree, BlockList* blocks) {
  CollectPage(tree->root, blocks);
  blocks->push_back(const_cast<ZoneTree*>(tree));
}

}  // namespace quartet::nameserver
