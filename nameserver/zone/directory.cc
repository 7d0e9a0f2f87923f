#include "nameserver/zone/directory.h"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <random>
#include <utility>
#include <vector>

#include "dns/base/check.h"
#include "nameserver/zone/directory_search.h"

namespace quartet::nameserver {

// What Publish will do to a zone.
struct Directory::Staged {
  enum class Kind : uint8_t { kName, kRemove } kind;
  // kName: its new version, unseen by readers so far; or what else an entry may have.
  const ZoneTree* tree;
  // Lower-case wire format.
  std::string apex;
  // The published version shares nothing with `tree` and goes as a whole. (Otherwise what goes is in retired_
  // already.)
  bool replaces;
};

namespace {

constexpr size_t kFirstSlots = 64;
// Zones that AddCold puts in side by side.
constexpr size_t kGroup = 16;

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
  entry->touched.store(ZoneEntry::kFresh, std::memory_order_relaxed);
  entry->hash = hash.hash;
  entry->apex_labels = hash.labels;
  entry->apex_size = static_cast<uint8_t>(apex.size());
  entry->id_size = static_cast<uint8_t>(zone_id.size());
  uint8_t* bytes = entry->bytes();
  std::memcpy(bytes, apex.data(), apex.size());
  std::memcpy(bytes + apex.size(), zone_id.data(), zone_id.size());
  return entry;
}

// Of a version that nobody else has seen.
void SetRevision(const ZoneTree* tree, uint64_t revision) {
  const_cast<ZoneTree*>(tree)->revision = revision;
}

size_t BlockBytes(const ZoneEntry* entry) {
  return sizeof(ZoneEntry) + entry->apex_size + entry->id_size + 16;
}

}  // namespace

Directory::Directory() : seed_(RandomSeed()), table_(DirectoryTable::Make(kFirstSlots)) {}

Directory::~Directory() {
  BlockList blocks = std::move(retired_);
  for (const auto& [id, staged] : staged_) {
    if (IsResident(staged.tree)) CollectTree(staged.tree, &blocks);
  }
  for (ZoneEntry* entry : zones_) {
    const ZoneTree* tree = entry->tree.load(std::memory_order_relaxed);
    const auto staged = staged_.find(entry->id());
    const bool whole = staged == staged_.end() || staged->second.replaces;
    if (IsResident(tree) && whole) CollectTree(tree, &blocks);
    blocks.push_back(entry);
  }
  blocks.push_back(table_.load(std::memory_order_relaxed));
  FreeNow(blocks);
}

ZoneMatch Directory::Find(const LookupName& name, size_t max_labels) const {
  DirectoryProbe probe;
  Start(name, max_labels, &probe);
  return Finish(name, probe);
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

absl::Status Directory::Install(absl::string_view zone_id, ZoneBuilder builder, uint64_t revision) {
  if (absl::Status status = CheckApex(zone_id, builder.apex()); !status.ok()) return status;
  const auto tree = builder.Finish();
  if (!tree.ok()) return tree.status();
  SetRevision(*tree, revision);
  DropStaged(zone_id);
  Stage(zone_id, {Staged::Kind::kName, *tree, std::string(Text(builder.apex().ToLower().wire())), true});
  return absl::OkStatus();
}

absl::Status Directory::Update(absl::string_view zone_id, std::span<const RecordUpdate> updates,
                               uint64_t revision) {
  const auto staged = staged_.find(zone_id);
  const ZoneEntry* entry = FindId(zone_id);
  const bool removed = staged != staged_.end() && staged->second.kind == Staged::Kind::kRemove;
  if (removed || (staged == staged_.end() && entry == nullptr)) return absl::NotFoundError("no such zone");
  const ZoneTree* tree = Current(zone_id);
  if (!IsResident(tree)) return absl::FailedPreconditionError("the zone is not served from memory");
  const std::string apex = staged != staged_.end() ? staged->second.apex : std::string(Text(entry->apex()));
  const auto name = dns::Name::FromWire(Bytes(apex));
  QUARTET_CHECK(name.ok());
  const auto next = UpdateTree(*tree, *name, updates, &retired_);
  if (!next.ok()) return next.status();
  SetRevision(*next, revision);
  Stage(zone_id, {Staged::Kind::kName, *next, apex, false});
  return absl::OkStatus();
}

absl::Status Directory::StageWithoutTree(absl::string_view zone_id, const dns::Name& apex,
                                         const ZoneTree* tree) {
  if (absl::Status status = CheckApex(zone_id, apex); !status.ok()) return status;
  DropStaged(zone_id);
  Stage(zone_id, {Staged::Kind::kName, tree, std::string(Text(apex.ToLower().wire())), true});
  return absl::OkStatus();
}

absl::Status Directory::Unload(absl::string_view zone_id, const dns::Name& apex) {
  return StageWithoutTree(zone_id, apex, ColdTree());
}

absl::Status Directory::Fail(absl::string_view zone_id, const dns::Name& apex) {
  return StageWithoutTree(zone_id, apex, nullptr);
}

size_t Directory::AddCold(std::span<const ColdName> zones) {
  size_t added = 0;
  while (!zones.empty()) {
    const size_t count = std::min(zones.size(), kGroup);
    added += AddColdGroup(zones.first(count));
    zones = zones.subspan(count);
  }
  return added;
}

// Where they go is asked for while the entries are made.
size_t Directory::AddColdGroup(std::span<const ColdName> zones) {
  ZoneEntry* entries[kGroup];
  size_t added = 0;
  const DirectoryTable* table = table_.load(std::memory_order_relaxed);
  for (size_t i = 0; i < zones.size(); ++i) {
    entries[i] = MakeEntry(zones[i].zone_id, zones[i].apex, ColdTree(), seed_);
    table->PrefetchSlot(entries[i]->hash);
    zones_.prefetch(entries[i]);
  }
  for (ZoneEntry* entry : std::span(entries, zones.size())) {
    if (table_.load(std::memory_order_relaxed)->Probe(entry->hash, entry->apex()) != nullptr) {
      std::free(entry);
      continue;
    }
    Insert(entry);
    ++added;
  }
  return added;
}

void Directory::Reserve(size_t zones) {
  zones_.reserve(zones);
  DirectoryTable* table = table_.load(std::memory_order_relaxed);
  if (DirectoryTable::SizeFor(zones) > table->mask + 1) Replace(table->MakeWithRoomFor(zones));
}

Directory::State Directory::StateOf(absl::string_view zone_id) const {
  const auto staged = staged_.find(zone_id);
  if (staged == staged_.end() ? FindId(zone_id) == nullptr : staged->second.kind == Staged::Kind::kRemove)
    return State::kAbsent;
  const ZoneTree* tree = Current(zone_id);
  if (IsResident(tree)) return State::kResident;
  return tree == nullptr ? State::kFailing : State::kCold;
}

void Directory::Remove(absl::string_view zone_id) {
  DropStaged(zone_id);
  Stage(zone_id, {Staged::Kind::kRemove, nullptr, std::string(), true});
}

// The version staged for the zone, if any, will not be published.
void Directory::DropStaged(absl::string_view zone_id) {
  const auto staged = staged_.find(zone_id);
  if (staged == staged_.end() || !IsResident(staged->second.tree)) return;
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
  Evict();
  // A reader that takes a datagram after this returned must see it: all stores above are done.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  reclaimer_.Retire(std::exchange(retired_, {}));
}

void Directory::PublishZone(absl::string_view zone_id, const Staged& staged) {
  ZoneEntry* entry = FindId(zone_id);
  if (entry == nullptr) {
    entry = MakeEntry(zone_id, staged.apex, staged.tree, seed_);
    Insert(entry);
    NoteResident(entry, ColdTree(), staged.tree, true);
    return;
  }
  const ZoneTree* old = entry->tree.load(std::memory_order_relaxed);
  if (!IsResident(old)) entry->touched.store(ZoneEntry::kFresh, std::memory_order_relaxed);
  entry->tree.store(staged.tree, std::memory_order_release);
  NoteResident(entry, old, staged.tree, staged.replaces);
  if (IsResident(old) && staged.replaces) CollectTree(old, &retired_);
}

// The entry has `tree` in the place of `old`, whose blocks are still there.
void Directory::NoteResident(ZoneEntry* entry, const ZoneTree* old, const ZoneTree* tree, bool replaces) {
  failing_ += static_cast<size_t>(tree == nullptr) - static_cast<size_t>(old == nullptr);
  const bool was = IsResident(old);
  const bool is = IsResident(tree);
  if (was && is && !replaces) {
    resident_.Resize(entry, ResidentSet::BytesOf(*old), ResidentSet::BytesOf(*tree));
    return;
  }
  if (was) resident_.Remove(entry, ResidentSet::BytesOf(*old));
  if (is) resident_.Add(entry, ResidentSet::BytesOf(*tree));
}

void Directory::Evict() {
  if (page_budget_ == 0) return;
  const size_t pinned = std::min(resident_.pinned_bytes(), page_budget_ - page_budget_ / 8);
  while (resident_.bytes() - resident_.pinned_bytes() > page_budget_ - pinned) {
    ZoneEntry* entry = resident_.TakeVictim();
    if (entry == nullptr) return;
    CollectTree(entry->tree.exchange(ColdTree(), std::memory_order_acq_rel), &retired_);
    ++evictions_;
  }
}

void Directory::Pin(absl::string_view zone_id) {
  ZoneEntry* entry = FindId(zone_id);
  if (entry == nullptr) return;
  const ZoneTree* tree = entry->tree.load(std::memory_order_relaxed);
  if (IsResident(tree)) resident_.Pin(entry, ResidentSet::BytesOf(*tree));
}

size_t Directory::own_bytes() const {
  return entry_bytes_ + (table_.load(std::memory_order_relaxed)->mask + 1) * sizeof(uint64_t) +
         zones_.capacity() * (sizeof(ZoneEntry*) + 1);
}

std::optional<dns::Name> Directory::ApexOf(absl::string_view zone_id) const {
  const ZoneEntry* entry = FindId(zone_id);
  if (entry == nullptr) return std::nullopt;
  absl::StatusOr<dns::Name> apex = dns::Name::FromWire(entry->apex());
  QUARTET_CHECK(apex.ok());
  return *std::move(apex);
}

uint64_t Directory::RevisionOf(absl::string_view zone_id) const {
  const ZoneTree* tree = Current(zone_id);
  return IsResident(tree) ? tree->revision : 0;
}

void Directory::ForEach(
    const std::function<void(absl::string_view zone_id, std::span<const uint8_t> apex)>& visit) const {
  for (const ZoneEntry* entry : zones_) visit(entry->id(), entry->apex());
}

void Directory::PublishRemoval(absl::string_view zone_id, const Staged& staged) {
  const auto found = zones_.find(zone_id);
  if (found == zones_.end()) return;
  ZoneEntry* entry = *found;
  zones_.erase(found);
  table_.load(std::memory_order_relaxed)->Erase(entry);
  entry_bytes_ -= BlockBytes(entry);
  const ZoneTree* old = entry->tree.load(std::memory_order_relaxed);
  NoteResident(entry, old, ColdTree(), true);
  if (IsResident(old) && staged.replaces) CollectTree(old, &retired_);
  retired_.push_back(entry);
}

void Directory::Insert(ZoneEntry* entry) {
  zones_.insert(entry);
  entry_bytes_ += BlockBytes(entry);
  DirectoryTable* table = table_.load(std::memory_order_relaxed);
  if (table->IsFull()) {
    Replace(table->MakeWithRoomFor(2 * table->entries + 1));
    table = table_.load(std::memory_order_relaxed);
  }
  table->Insert(entry);
}

// Readers go on in the old one.
void Directory::Replace(DirectoryTable* table) {
  retired_.push_back(table_.load(std::memory_order_relaxed));
  table_.store(table, std::memory_order_release);
}

}  // namespace quartet::nameserver
