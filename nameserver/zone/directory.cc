#include "nameserver/zone/directory.h"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <random>
#include <utility>
#include <vector>

#include "dns/base/check.h"

namespace quartet::nameserver {

// Open addressing with linear probing. A slot is 0 (never used), kRemoved, or an entry's address with the
// upper 16 bits of its hash in front. Readers probe while the writer fills slots; a slot's entry changes only
// to kRemoved, and from there to another entry, neither of which ends a probe.
struct Directory::Table {
  size_t mask;
  // Slots that are not 0, and entries.
  size_t used;
  size_t entries;
  // Entries by number of labels, and a bit for each number there are entries of: readers skip the others.
  size_t count[dns::Name::kMaxLabels + 1];
  std::atomic<uint64_t> has_labels[2];
  std::atomic<uint64_t> slots[1];

  static Table* Make(size_t slots);
  bool Has(size_t labels) const {
    return (has_labels[labels / 64].load(std::memory_order_acquire) >> (labels % 64) & 1) != 0;
  }
  // The largest number of labels an apex may have; 0 if there is none.
  size_t MostLabels() const {
    const uint64_t high = has_labels[1].load(std::memory_order_acquire);
    const uint64_t low = has_labels[0].load(std::memory_order_acquire);
    if (high != 0) return 127 - static_cast<size_t>(__builtin_clzll(high));
    return low == 0 ? 0 : 63 - static_cast<size_t>(__builtin_clzll(low));
  }
  const ZoneEntry* Probe(uint64_t hash, std::span<const uint8_t> apex) const;
  void Insert(ZoneEntry* entry);
  void Erase(const ZoneEntry* entry);
};

// What Publish will do to a zone.
struct Directory::Staged {
  enum class Kind : uint8_t { kServe, kFail, kRemove } kind;
  // kServe: its new version, unseen by readers so far.
  const ZoneTree* tree;
  // Lower-case wire format.
  std::string apex;
  // The published version shares nothing with `tree` and goes as a whole. (Otherwise what goes is in retired_
  // already.)
  bool replaces;
};

namespace {

constexpr uint64_t kRemoved = 1;
constexpr uint64_t kAddressMask = (uint64_t{1} << 48) - 1;
constexpr size_t kFirstSlots = 64;

ZoneEntry* EntryOf(uint64_t slot) { return reinterpret_cast<ZoneEntry*>(slot & kAddressMask); }

uint64_t SlotOf(const ZoneEntry* entry) {
  const auto address = reinterpret_cast<uint64_t>(entry);
  QUARTET_CHECK((address & ~kAddressMask) == 0);
  return (entry->hash & ~kAddressMask) | address;
}

uint64_t RandomSeed() {
  std::random_device random;
  return (uint64_t{random()} << 32 | random()) | 1;
}

absl::string_view Text(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const uint8_t> Bytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

struct ApexHash {
  uint64_t hash;
  uint8_t labels;
};

ApexHash HashApex(absl::string_view wire, uint64_t seed) {
  LookupName name;
  QUARTET_CHECK(name.Read(Bytes(wire)) == wire.size());
  uint64_t hashes[dns::Name::kMaxLabels + 1];
  name.HashSuffixes(seed, name.labels, hashes);
  return {hashes[name.labels], name.labels};
}

ZoneEntry* MakeEntry(absl::string_view zone_id, absl::string_view apex, const ZoneTree* tree, uint64_t seed) {
  const ApexHash hash = HashApex(apex, seed);
  QUARTET_CHECK(zone_id.size() <= UINT8_MAX);
  void* block = std::malloc(sizeof(ZoneEntry) + apex.size() + zone_id.size());
  QUARTET_CHECK(block != nullptr);
  auto* entry = new (block) ZoneEntry;
  entry->tree.store(tree, std::memory_order_relaxed);
  entry->hash = hash.hash;
  entry->apex_labels = hash.labels;
  entry->apex_size = static_cast<uint8_t>(apex.size());
  entry->id_size = static_cast<uint8_t>(zone_id.size());
  uint8_t* bytes = entry->bytes();
  std::memcpy(bytes, apex.data(), apex.size());
  std::memcpy(bytes + apex.size(), zone_id.data(), zone_id.size());
  return entry;
}

}  // namespace

Directory::Table* Directory::Table::Make(size_t slots) {
  void* block = std::calloc(1, sizeof(Table) + (slots - 1) * sizeof(std::atomic<uint64_t>));
  QUARTET_CHECK(block != nullptr);
  // Zeroed memory is a table without entries: std::atomic<uint64_t> is a plain word.
  auto* table = static_cast<Table*>(block);
  table->mask = slots - 1;
  return table;
}

const ZoneEntry* Directory::Table::Probe(uint64_t hash, std::span<const uint8_t> apex) const {
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    const uint64_t slot = slots[i].load(std::memory_order_acquire);
    if (slot == 0) return nullptr;
    if (slot == kRemoved || ((slot ^ hash) & ~kAddressMask) != 0) continue;
    const ZoneEntry* entry = EntryOf(slot);
    if (entry->apex_size == apex.size() && std::memcmp(entry->bytes(), apex.data(), apex.size()) == 0)
      return entry;
  }
}

void Directory::Table::Insert(ZoneEntry* entry) {
  size_t i = entry->hash & mask;
  while (slots[i].load(std::memory_order_relaxed) > kRemoved) i = (i + 1) & mask;
  if (slots[i].load(std::memory_order_relaxed) == 0) ++used;
  slots[i].store(SlotOf(entry), std::memory_order_release);
  ++entries;
  const size_t labels = entry->apex_labels;
  if (count[labels]++ == 0)
    has_labels[labels / 64].fetch_or(uint64_t{1} << (labels % 64), std::memory_order_release);
}

void Directory::Table::Erase(const ZoneEntry* entry) {
  const uint64_t slot = SlotOf(entry);
  size_t i = entry->hash & mask;
  while (slots[i].load(std::memory_order_relaxed) != slot) i = (i + 1) & mask;
  slots[i].store(kRemoved, std::memory_order_release);
  --entries;
  const size_t labels = entry->apex_labels;
  if (--count[labels] == 0) {
    has_labels[labels / 64].fetch_and(~(uint64_t{1} << (labels % 64)), std::memory_order_release);
  }
}

Directory::Directory() : seed_(RandomSeed()), table_(Table::Make(kFirstSlots)) {}

Directory::~Directory() {
  BlockList blocks = std::move(retired_);
  for (const auto& [id, staged] : staged_) {
    if (staged.tree != nullptr) CollectTree(staged.tree, &blocks);
  }
  for (ZoneEntry* entry : zones_) {
    const ZoneTree* tree = entry->tree.load(std::memory_order_relaxed);
    const auto staged = staged_.find(entry->id());
    const bool whole = staged == staged_.end() || staged->second.replaces;
    if (tree != nullptr && whole) CollectTree(tree, &blocks);
    blocks.push_back(entry);
  }
  blocks.push_back(table_.load(std::memory_order_relaxed));
  FreeNow(std::move(blocks));
}

ZoneMatch Directory::Find(const LookupName& name, size_t max_labels) const {
  const Table& table = *table_.load(std::memory_order_acquire);
  const size_t most = std::min({size_t{name.labels}, max_labels, table.MostLabels()});
  uint64_t hashes[dns::Name::kMaxLabels + 1];
  name.HashSuffixes(seed_, most, hashes);
  for (size_t labels = most + 1; labels-- > 0;) {
    if (!table.Has(labels)) continue;
    const ZoneEntry* entry = table.Probe(hashes[labels], name.Suffix(labels));
    if (entry != nullptr) return {entry, entry->tree.load(std::memory_order_acquire)};
  }
  return {};
}

ZoneEntry* Directory::FindId(absl::string_view zone_id) const {
  const auto found = zones_.find(zone_id);
  return found == zones_.end() ? nullptr : *found;
}

// The version the next batch applies to; nullptr if there is none.
const ZoneTree* Directory::Current(absl::string_view zone_id) const {
  const auto staged = staged_.find(zone_id);
  if (staged != staged_.end()) return staged->second.tree;
  const ZoneEntry* entry = FindId(zone_id);
  return entry == nullptr ? nullptr : entry->tree.load(std::memory_order_relaxed);
}

absl::Status Directory::CheckApex(absl::string_view zone_id, const dns::Name& apex) const {
  const dns::Name lower = apex.ToLower();
  const absl::string_view wire = Text(lower.wire());
  const ZoneEntry* own = FindId(zone_id);
  if (own != nullptr && Text(own->apex()) != wire)
    return absl::InvalidArgumentError("the zone has another apex");
  const auto staged = staged_apexes_.find(wire);
  if (staged != staged_apexes_.end()) {
    return staged->second == zone_id ? absl::OkStatus()
                                     : absl::AlreadyExistsError("another zone has this apex");
  }
  const ZoneEntry* other =
      table_.load(std::memory_order_relaxed)->Probe(HashApex(wire, seed_).hash, Bytes(wire));
  if (other == nullptr || other->id() == zone_id) return absl::OkStatus();
  const auto leaving = staged_.find(other->id());
  const bool removed = leaving != staged_.end() && leaving->second.kind == Staged::Kind::kRemove;
  return removed ? absl::OkStatus() : absl::AlreadyExistsError("another zone has this apex");
}

// Puts `change` in the place of what was staged for the zone. `change.replaces` says what it does to the
// published version; what an unseen version before it did to that, stays done.
void Directory::Stage(absl::string_view zone_id, Staged change) {
  auto [at, added] = staged_.try_emplace(std::string(zone_id), change);
  if (!added) {
    Staged& before = at->second;
    change.replaces = before.replaces;
    if (before.kind != Staged::Kind::kRemove) staged_apexes_.erase(before.apex);
    before = std::move(change);
  }
  if (at->second.kind != Staged::Kind::kRemove) staged_apexes_[at->second.apex] = at->first;
}

absl::Status Directory::Install(absl::string_view zone_id, ZoneBuilder builder) {
  if (absl::Status status = CheckApex(zone_id, builder.apex()); !status.ok()) return status;
  const auto tree = builder.Finish();
  if (!tree.ok()) return tree.status();
  DropStaged(zone_id);
  Stage(zone_id, {Staged::Kind::kServe, *tree, std::string(Text(builder.apex().ToLower().wire())), true});
  return absl::OkStatus();
}

absl::Status Directory::Update(absl::string_view zone_id, std::span<const RecordUpdate> updates) {
  const auto staged = staged_.find(zone_id);
  const ZoneEntry* entry = FindId(zone_id);
  const bool removed = staged != staged_.end() && staged->second.kind == Staged::Kind::kRemove;
  if (removed || (staged == staged_.end() && entry == nullptr)) return absl::NotFoundError("no such zone");
  const ZoneTree* tree = Current(zone_id);
  if (tree == nullptr) return absl::FailedPreconditionError("the zone is not served");
  const std::string apex = staged != staged_.end() ? staged->second.apex : std::string(Text(entry->apex()));
  const auto name = dns::Name::FromWire(Bytes(apex));
  QUARTET_CHECK(name.ok());
  const auto next = UpdateTree(*tree, *name, updates, &retired_);
  if (!next.ok()) return next.status();
  Stage(zone_id, {Staged::Kind::kServe, *next, apex, false});
  return absl::OkStatus();
}

absl::Status Directory::Fail(absl::string_view zone_id, const dns::Name& apex) {
  if (absl::Status status = CheckApex(zone_id, apex); !status.ok()) return status;
  DropStaged(zone_id);
  Stage(zone_id, {Staged::Kind::kFail, nullptr, std::string(Text(apex.ToLower().wire())), true});
  return absl::OkStatus();
}

void Directory::Remove(absl::string_view zone_id) {
  DropStaged(zone_id);
  Stage(zone_id, {Staged::Kind::kRemove, nullptr, std::string(), true});
}

// The version staged for the zone, if any, will not be published.
void Directory::DropStaged(absl::string_view zone_id) {
  const auto staged = staged_.find(zone_id);
  if (staged == staged_.end() || staged->second.tree == nullptr) return;
  CollectTree(staged->second.tree, &retired_);
  staged->second.tree = nullptr;
}

void Directory::Publish() {
  // Removals last: where one zone takes another's name, the name is served all the time.
  for (const auto& [id, staged] : staged_) {
    if (staged.kind != Staged::Kind::kRemove) PublishZone(id, staged);
  }
  for (const auto& [id, staged] : staged_) {
    if (staged.kind == Staged::Kind::kRemove) PublishRemoval(id, staged);
  }
  staged_.clear();
  staged_apexes_.clear();
  // A reader that takes a datagram after this returned must see it: all stores above are done.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  reclaimer_.Retire(std::exchange(retired_, {}));
}

void Directory::PublishZone(absl::string_view zone_id, const Staged& staged) {
  ZoneEntry* entry = FindId(zone_id);
  if (entry == nullptr) {
    entry = MakeEntry(zone_id, staged.apex, staged.tree, seed_);
    zones_.insert(entry);
    Insert(entry);
    return;
  }
  const ZoneTree* old = entry->tree.exchange(staged.tree, std::memory_order_acq_rel);
  if (old != nullptr && staged.replaces) CollectTree(old, &retired_);
}

void Directory::PublishRemoval(absl::string_view zone_id, const Staged& staged) {
  const auto found = zones_.find(zone_id);
  if (found == zones_.end()) return;
  ZoneEntry* entry = *found;
  zones_.erase(found);
  table_.load(std::memory_order_relaxed)->Erase(entry);
  const ZoneTree* old = entry->tree.load(std::memory_order_relaxed);
  if (old != nullptr && staged.replaces) CollectTree(old, &retired_);
  retired_.push_back(entry);
}

void Directory::Insert(ZoneEntry* entry) {
  Table* table = table_.load(std::memory_order_relaxed);
  if ((table->used + 1) * 8 > (table->mask + 1) * 5) table = Grow();
  table->Insert(entry);
}

// A table with room for twice the entries, and without removed ones. Readers go on in the old one.
Directory::Table* Directory::Grow() {
  Table* old = table_.load(std::memory_order_relaxed);
  size_t slots = kFirstSlots;
  while (slots * 5 < (old->entries + 1) * 2 * 8) slots *= 2;
  Table* table = Table::Make(slots);
  for (size_t i = 0; i <= old->mask; ++i) {
    const uint64_t slot = old->slots[i].load(std::memory_order_relaxed);
    if (slot > kRemoved) table->Insert(EntryOf(slot));
  }
  table_.store(table, std::memory_order_release);
  retired_.push_back(old);
  return table;
}

}  // namespace quartet::nameserver
