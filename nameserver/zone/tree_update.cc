// A batch on a zone's tree.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "nameserver/zone/name_payload.h"
#include "nameserver/zone/set_image.h"
#include "nameserver/zone/tree.h"
#include "nameserver/zone/tree_writer.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::nameserver {
namespace {

// Pages below this are merged with a neighbour.
constexpr size_t kPageMinimum = kPageTarget / 4;

// One record set of a batch, ready for a page.
struct SetChange {
  absl::string_view owner_key;
  uint16_t type;
  // In page form; empty: removed.
  std::string set;
};

using Changes = std::span<const SetChange>;

absl::StatusOr<SetChange> ReadChange(const RecordUpdate& update, const dns::Name& apex, TreeWriter* writer) {
  const auto parts = replication::SplitRecordKey(update.record_key);
  if (!parts.ok()) return parts.status();
  if (!parts->set_identifier.empty()) return absl::UnimplementedError("a record set with a set identifier");
  SetChange change{parts->owner_key, static_cast<uint16_t>(parts->type), {}};
  if (!update.served) return change;
  const auto view = replication::ViewServed(*update.served);
  if (!view.ok()) return view.status();
  BlockList blocks;
  absl::Status status = AppendRecordSet(change.type, *view, apex, &change.set, &blocks);
  if (!status.ok()) return status;
  writer->AddBlocks(std::move(blocks));
  return change;
}

// The batch in order of keys, one change for each.
absl::StatusOr<std::vector<SetChange>> ReadChanges(std::span<const RecordUpdate> updates,
                                                   const dns::Name& apex, TreeWriter* writer) {
  std::vector<const RecordUpdate*> order;
  order.reserve(updates.size());
  for (const RecordUpdate& update : updates) order.push_back(&update);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* a, const auto* b) { return a->record_key < b->record_key; });
  std::vector<SetChange> changes;
  for (size_t i = 0; i < order.size(); ++i) {
    if (i + 1 < order.size() && order[i]->record_key == order[i + 1]->record_key) continue;
    auto change = ReadChange(*order[i], apex, writer);
    if (!change.ok()) return change.status();
    changes.push_back(*std::move(change));
  }
  return changes;
}

class Updater {
 public:
  explicit Updater(TreeWriter* writer) : writer_(writer) {}

  // The pages that stand for `page` after `changes`, all of which lie in its range.
  std::vector<PageRef> Apply(const Page& page, std::string separator, Changes changes) {
    writer_->Drop(&page);
    if (page.level == 0) {
      const EntryList entries = MergeLeaf(page, changes);
      return entries.empty() ? std::vector<PageRef>() : writer_->Write(entries, 0, std::move(separator));
    }
    const std::vector<PageRef> children = ApplyToChildren(page, separator, changes);
    if (children.empty()) return {};
    EntryList entries;
    for (const PageRef& ref : children) AddChild(ref, &entries);
    return writer_->Write(entries, page.level, std::move(separator));
  }

 private:
  static absl::string_view KeyOf(const Page& page, size_t i, uint8_t* buffer) {
    return {reinterpret_cast<const char*>(buffer), page.ReadKey(i, buffer)};
  }

  static void AddChild(const PageRef& ref, EntryList* entries) {
    entries->Add(ref.separator, {reinterpret_cast<const char*>(&ref.page), kAddressSize});
  }

  static size_t ChangesOfFirstName(Changes changes) {
    size_t count = 1;
    while (count < changes.size() && changes[count].owner_key == changes[0].owner_key) ++count;
    return count;
  }

  EntryList MergeLeaf(const Page& leaf, Changes changes) {
    EntryList entries;
    uint8_t buffer[dns::kMaxKey + kReadSlack];
    for (size_t i = 0; i < leaf.count; ++i) {
      const absl::string_view key = KeyOf(leaf, i, buffer);
      while (!changes.empty() && changes[0].owner_key < key)
        changes = MergeName(NameView(), changes, &entries);
      if (!changes.empty() && changes[0].owner_key == key) {
        changes = MergeName(leaf.name(i), changes, &entries);
      } else {
        entries.Add(key, {reinterpret_cast<const char*>(leaf.payload(i)), PayloadSize(leaf, i)});
      }
    }
    while (!changes.empty()) changes = MergeName(NameView(), changes, &entries);
    return entries;
  }

  // Adds the first name of `changes`, with what it has in `old`, to `entries`. Returns the changes of other
  // names.
  Changes MergeName(NameView old, Changes changes, EntryList* entries) {
    const size_t count = ChangesOfFirstName(changes);
    payload_.Start(changes[0].owner_key);
    size_t next = 0;
    const uint8_t* set = old.valid() ? old.sets() : nullptr;
    for (size_t left = old.valid() ? old.set_count() : 0; left > 0; --left) {
      const auto type = Load<uint16_t>(set);
      const uint8_t* end = NameView::NextSet(set);
      for (; next < count && changes[next].type < type; ++next) AddSet(changes[next]);
      if (next < count && changes[next].type == type) {
        writer_->DropSet(set);
        AddSet(changes[next++]);
      } else {
        payload_.Add(type, {reinterpret_cast<const char*>(set), static_cast<size_t>(end - set)});
      }
      set = end;
    }
    for (; next < count; ++next) AddSet(changes[next]);
    if (!payload_.empty()) entries->Add(changes[0].owner_key, payload_.Finish());
    return changes.subspan(count);
  }

  void AddSet(const SetChange& change) {
    if (!change.set.empty()) payload_.Add(change.type, change.set);
  }

  std::vector<PageRef> ApplyToChildren(const Page& page, const std::string& separator, Changes changes) {
    std::vector<PageRef> children;
    std::vector<bool> fresh;
    uint8_t buffer[dns::kMaxKey + kReadSlack];
    std::string begin = separator;
    for (size_t i = 0; i < page.count; ++i) {
      std::string end;
      size_t count = changes.size();
      if (i + 1 < page.count) {
        end = std::string(KeyOf(page, i + 1, buffer));
        count =
            static_cast<size_t>(std::partition_point(changes.begin(), changes.end(),
                                                     [&](const SetChange& c) { return c.owner_key < end; }) -
                                changes.begin());
      }
      if (count == 0) {
        children.push_back({std::move(begin), page.child(i)});
      } else {
        for (PageRef& ref : Apply(*page.child(i), std::move(begin), changes.first(count))) {
          children.push_back(std::move(ref));
        }
      }
      fresh.resize(children.size(), count > 0);
      changes = changes.subspan(count);
      begin = std::move(end);
    }
    MergeSmall(&children, &fresh);
    return children;
  }

  // Merges fresh pages that have become small with a neighbour, so that removals leave no thin tree behind.
  void MergeSmall(std::vector<PageRef>* children, std::vector<bool>* fresh) {
    for (size_t i = 0; i < children->size();) {
      if (!(*fresh)[i] || (*children)[i].page->bytes >= kPageMinimum || children->size() == 1) {
        ++i;
        continue;
      }
      const size_t left = i + 1 < children->size() ? i : i - 1;
      std::vector<PageRef> merged = MergePair((*children)[left], (*children)[left + 1]);
      const size_t count = merged.size();
      const auto at = children->begin() + static_cast<std::ptrdiff_t>(left);
      children->erase(at, at + 2);
      children->insert(children->begin() + static_cast<std::ptrdiff_t>(left),
                       std::make_move_iterator(merged.begin()), std::make_move_iterator(merged.end()));
      const auto flag = fresh->begin() + static_cast<std::ptrdiff_t>(left);
      fresh->erase(flag, flag + 2);
      fresh->insert(fresh->begin() + static_cast<std::ptrdiff_t>(left), count, true);
      i = count == 1 ? left : left + count;
    }
  }

  std::vector<PageRef> MergePair(const PageRef& left, const PageRef& right) {
    EntryList entries;
    entries.AddPage(*left.page);
    if (right.page->level > 0) {
      // The first child of `right` begins where `right` does.
      EntryList children;
      children.AddPage(*right.page);
      entries.Add(right.separator, children.payload(0));
      for (size_t i = 1; i < children.count(); ++i) entries.Add(children.key(i), children.payload(i));
    } else {
      entries.AddPage(*right.page);
    }
    writer_->Drop(left.page);
    writer_->Drop(right.page);
    return writer_->Write(entries, left.page->level, left.separator);
  }

  TreeWriter* const writer_;
  NamePayload payload_;
};

}  // namespace

absl::StatusOr<const ZoneTree*> UpdateTree(const ZoneTree& old, const dns::Name& apex,
                                           std::span<const RecordUpdate> updates, BlockList* retired) {
  TreeWriter writer(old);
  const auto changes = ReadChanges(updates, apex, &writer);
  if (!changes.ok()) return changes.status();
  std::vector<PageRef> pages = {{std::string(), old.root}};
  if (!changes->empty()) pages = Updater(&writer).Apply(*old.root, std::string(), *changes);
  auto tree = writer.Finish(std::move(pages), retired);
  if (tree.ok()) retired->push_back(const_cast<ZoneTree*>(&old));
  return tree;
}

}  // namespace quartet::nameserver
