// Looking names up in a directory: inline, since each query does it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "nameserver/zone/directory.h"
#include "nameserver/zone/lookup_name.h"
#include "nameserver/zone/prefetch.h"

namespace quartet::nameserver {

inline void Directory::Start(const LookupName& name, size_t max_labels, DirectoryProbe* probe) const {
  const DirectoryTable* const table = table_.load(std::memory_order_acquire);
  probe->table = table;
  LabelSet left = table->Labels().UpTo(std::min(size_t{name.labels}, max_labels));
  probe->labels = left;
  if (left.empty()) return;
  const size_t most = left.Pop();
  name.HashSuffixes(seed_, most, probe->hashes);
  table->PrefetchSlot(probe->hashes[most]);
  while (!left.empty()) table->PrefetchSlot(probe->hashes[left.Pop()]);
}

inline void Directory::Approach(const DirectoryProbe& probe) {
  if (probe.table->IsSmall()) return;
  for (LabelSet left = probe.labels; !left.empty();) {
    probe.table->PrefetchEntry(probe.hashes[left.Pop()]);
  }
}

[[gnu::always_inline]] inline ZoneMatch Directory::Finish(const LookupName& name,
                                                          const DirectoryProbe& probe) {
  for (LabelSet left = probe.labels; !left.empty();) {
    const size_t labels = left.Pop();
    const ZoneEntry* entry = probe.table->Probe(probe.hashes[labels], name.Suffix(labels));
    if (entry == nullptr) continue;
    entry->Touch();
    const ZoneTree* tree = entry->tree.load(std::memory_order_acquire);
    if (!IsResident(tree)) return {entry, nullptr, tree == ColdTree()};
    Prefetch(tree, sizeof(ZoneTree));
    return {entry, tree};
  }
  return {};
}

}  // namespace quartet::nameserver
