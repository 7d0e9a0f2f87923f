#include "replication/replica/node_replica.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "replication/replica/node_records.h"
#include "replication/replica/node_snapshot_rules.h"

namespace quartet::replication {
namespace {

std::string NewIncarnation(Random& random) {
  std::string bytes;
  while (bytes.size() < NodeMeta::kIncarnationBytes) {
    const uint64_t part = random.Next();
    bytes.append(reinterpret_cast<const char*>(&part), sizeof(part));
  }
  return bytes;
}

std::string InventoryHas(const stored::v1::NodeZoneRow& row) {
  return absl::StrCat("inventory has revision ", row.revision());
}

// Takes what a zone is called from its row, and nothing of what it holds.
void NameOnly(NodeZone& zone, absl::string_view zone_id, const stored::v1::NodeZoneRow& row) {
  if (!SetRow(zone, zone_id, row).ok()) return;
  zone.row.clear_revision();
  zone.row.clear_served_digest();
  zone.row.clear_record_sets();
}

}  // namespace

NodeReplica::NodeReplica(NodeMeta meta, NodeZones zones, NodeLoggedStages logged_stages, RepairLimits limits)
    : meta_(std::move(meta)),
      zones_(std::move(zones)),
      logged_stages_(std::move(logged_stages)),
      limits_(std::move(limits)) {
  written_cursor_ = meta_.cursor;
  written_generation_ = meta_.next_generation;
  for (const auto& [id, key] : meta_.digest_keys) hashers_.emplace(id, Hasher(key));
  for (const auto& [id, zone] : zones_) {
    if (zone.is_behind()) behind_.insert(id);
  }
}

absl::StatusOr<NodeReplica> NodeReplica::Open(const store::Reader& reader, Random& random) {
  absl::StatusOr<std::optional<NodeMeta>> meta = ReadNodeMeta(reader);
  if (!meta.ok()) return meta.status();
  if (!meta->has_value()) {
    NodeMeta fresh;
    fresh.incarnation = NewIncarnation(random);
    NodeReplica replica(std::move(fresh), {}, {}, RepairLimits());
    replica.opened_empty_ = true;
    return replica;
  }
  absl::StatusOr<NodeZones> zones = ReadNodeZones(reader);
  if (!zones.ok()) return zones.status();
  absl::StatusOr<NodeLoggedStages> stages = NodeLoggedStages::Read(reader);
  if (!stages.ok()) return stages.status();
  absl::StatusOr<RepairLimits> limits = RepairLimits::Read(reader);
  if (!limits.ok()) return limits.status();
  return NodeReplica(std::move(**meta), *std::move(zones), *std::move(stages), *std::move(limits));
}

void NodeReplica::FinishOpening(store::Overlay& out) {
  if (opened_empty_) PutIncarnation(out, meta_);
  opened_empty_ = false;
  for (const auto& [zone_id, generation] : meta_.stages) {
    EraseGeneration(out, zone_id, generation);
    EraseStage(out, zone_id);
  }
  meta_.stages.clear();
}

void NodeReplica::LearnDigestKey(store::Overlay& out, uint32_t id, absl::string_view key) {
  std::string& known = meta_.digest_keys[id];
  if (known == key) return;
  known = std::string(key);
  hashers_.insert_or_assign(id, Hasher(key));
  PutDigestKey(out, id, key);
}

void NodeReplica::SeeEpoch(store::Overlay& out, uint64_t epoch) {
  if (epoch <= meta_.epoch) return;
  meta_.epoch = epoch;
  PutEpoch(out, meta_);
}

void NodeReplica::SetDrained(store::Overlay& out) {
  meta_.drained = true;
  PutDrained(out);
}

void NodeReplica::SetComplete(store::Overlay& out) {
  for (const std::string& zone_id : behind_) {
    std::optional<NodeZone> zone = Find(zone_id);
    if (zone->listed_only) Replace(out, *std::move(zone));
  }
  meta_.complete = true;
  PutComplete(out);
}

void NodeReplica::WriteMoved(store::Overlay& out) {
  if (meta_.next_generation != written_generation_) PutNextGeneration(out, meta_);
  written_generation_ = meta_.next_generation;
  if (!meta_.complete || meta_.cursor == written_cursor_) return;
  PutCursor(out, meta_);
  written_cursor_ = meta_.cursor;
}

void NodeReplica::NoteBehind(const std::string& zone_id, bool behind) {
  if (behind) behind_.insert(zone_id);
  if (!behind && behind_.erase(zone_id) == 0) return;
  ++behind_version_;
}

void NodeReplica::Replace(store::Overlay& out, NodeZone zone) {
  const std::string id = zone.row.id();
  const std::optional<NodeZone> before = Find(id);
  PutNodeZone(out, zone, !before.has_value() || before->listed_only ? nullptr : &*before);
  zone.listed_only = false;
  NoteBehind(id, zone.is_behind());
  unwritten_.erase(id);
  zones_.Put(zone);
}

absl::StatusOr<NodeZone> NodeReplica::ApplyRecords(store::Overlay& out, absl::string_view zone_id,
                                                   const NodeZone* before,
                                                   const quartet::replication::v1::ZoneDelta& delta) {
  const stored::v1::NodeZoneRow& row = delta.row();
  NodeZone zone = before == nullptr ? NodeZone() : *before;
  const stored::v1::NodeZoneRow old = zone.row;
  if (absl::Status named = SetRow(zone, zone_id, row); !named.ok()) return named;
  if (old.record_sets() > 0 && old.digest_key_id() != row.digest_key_id()) {
    return absl::FailedPreconditionError("its digest has another key than before");
  }
  const bool fresh = zone.generation == 0;
  if (fresh) zone.generation = NewGeneration();
  zone.epoch = meta_.epoch;
  const ServedTotals totals{Digest::FromBytes(old.served_digest()), old.record_sets()};
  if (absl::Status applied = ApplyAndCheck(out, zone, fresh, totals, delta); !applied.ok()) return applied;
  return zone;
}

absl::Status NodeReplica::ApplyAndCheck(store::Overlay& out, const NodeZone& zone, bool fresh,
                                        const ServedTotals& before,
                                        const quartet::replication::v1::ZoneDelta& delta) {
  auto hasher = hashers_.find(zone.row.digest_key_id());
  if (hasher == hashers_.end()) return absl::FailedPreconditionError("its digest has an unknown key");
  absl::StatusOr<ServedChange> change = ServedChange::Of(
      fresh ? nullptr : &out, {zone.row.id(), zone.generation}, before, delta, hasher->second);
  if (!change.ok()) return change.status();
  const ServedTotals& after = change->totals();
  if (after.digest.ToBytes() != zone.row.served_digest() || after.record_sets != zone.row.record_sets()) {
    return absl::DataLossError(
        absl::StrCat("revision ", delta.revision(), " came out otherwise than its digest says"));
  }
  change->WriteTo(out);
  return absl::OkStatus();
}

NodeReplica::Applied NodeReplica::Apply(store::Overlay& out, absl::string_view zone_id,
                                        const quartet::replication::v1::ZoneDelta& delta) {
  if (delta.has_chunk() || delta.has_abort()) return ApplyToStage(out, zone_id, delta);
  const std::optional<NodeZone> zone = Find(zone_id);
  Applied applied = Applied::kNothing;
  if (zone.has_value() && zone->is_behind()) {
    applied = Applied::kKept;
  } else if (zone.has_value() || delta.has_row()) {
    applied = ApplyToZone(out, zone_id, zone.has_value() ? &*zone : nullptr, delta);
  }
  if (delta.has_flip()) logged_stages_.Drop(out, zone_id, delta.flip().stage());
  if (!delta.has_row()) logged_stages_.Drop(out, zone_id);
  return applied;
}

NodeReplica::Applied NodeReplica::ApplyToStage(store::Overlay& out, absl::string_view zone_id,
                                               const quartet::replication::v1::ZoneDelta& delta) {
  if (delta.has_abort()) {
    logged_stages_.Drop(out, zone_id, delta.abort().stage());
    return Applied::kNothing;
  }
  const uint64_t generation = delta.chunk().chunk() == 0 ? NewGeneration() : 0;
  logged_stages_.Add(out, {zone_id, delta, meta_.epoch, generation}, hashers_);
  return Applied::kNothing;
}

NodeReplica::Applied NodeReplica::ApplyToZone(store::Overlay& out, absl::string_view zone_id,
                                              const NodeZone* zone,
                                              const quartet::replication::v1::ZoneDelta& delta) {
  const uint64_t revision = zone == nullptr ? 0 : zone->row.revision();
  const stored::v1::NodeZoneRow* row = delta.has_row() ? &delta.row() : nullptr;
  if (revision != delta.prev_revision() || delta.revision() <= revision) {
    MarkBehind(out, zone_id, row,
               absl::StrCat("entry for revision ", delta.prev_revision(), ", has ", revision));
    return Applied::kBehind;
  }
  if (row == nullptr) {
    Remove(out, zone_id);
    return Applied::kRemoved;
  }
  absl::StatusOr<NodeZone> after =
      absl::InvalidArgumentError("an entry and its row have different revisions");
  if (row->revision() == delta.revision())
    after = delta.has_flip() ? FlipStage(out, zone_id, delta) : ApplyRecords(out, zone_id, zone, delta);
  if (!after.ok()) {
    // A flip leaves the zone that is here as it is.
    const bool differs = absl::IsDataLoss(after.status()) && !delta.has_flip();
    MarkBehind(out, zone_id, row, after.status().message(), differs ? Copy::kDiffers : Copy::kOlder);
    return Applied::kBehind;
  }
  if (delta.has_flip()) {
    if (zone != nullptr) EraseGeneration(out, zone_id, zone->generation);
    logged_stages_.Flipped(out, zone_id);
  }
  const Applied applied = delta.has_flip()  ? Applied::kFlipped
                          : zone == nullptr ? Applied::kLoaded
                                            : Applied::kChanged;
  Replace(out, *std::move(after));
  return applied;
}

absl::StatusOr<NodeZone> NodeReplica::FlipStage(store::Overlay& out, absl::string_view zone_id,
                                                const quartet::replication::v1::ZoneDelta& delta) {
  const stored::v1::NodeZoneRow& row = delta.row();
  absl::StatusOr<const stored::v1::StageRow*> stage =
      logged_stages_.Verify(zone_id, delta.flip(), row.digest_key_id(), meta_.epoch);
  if (!stage.ok()) return stage.status();
  NodeZone zone;
  if (absl::Status named = SetRow(zone, zone_id, row); !named.ok()) return named;
  zone.generation = (*stage)->generation();
  zone.epoch = meta_.epoch;
  const ServedTotals staged{Digest::FromBytes((*stage)->served_digest()), (*stage)->record_sets()};
  if (absl::Status applied = ApplyAndCheck(out, zone, false, staged, delta); !applied.ok()) return applied;
  return zone;
}

void NodeReplica::MarkBehind(store::Overlay& out, absl::string_view zone_id,
                             const stored::v1::NodeZoneRow* row, absl::string_view reason, Copy copy) {
  const std::optional<NodeZone> known = Find(zone_id);
  NodeZone zone = known.value_or(NodeZone());
  if (!zone.named && row != nullptr) NameOnly(zone, zone_id, *row);
  zone.row.set_id(std::string(zone_id));
  zone.behind = reason.empty() ? "unknown" : std::string(reason);
  zone.differs = zone.differs || copy == Copy::kDiffers;
  Replace(out, std::move(zone));
}

void NodeReplica::MarkUnloadable(const std::string& zone_id, absl::string_view reason) {
  std::optional<NodeZone> zone = Find(zone_id);
  if (!zone.has_value()) return;
  zone->unloadable = true;
  zone->behind = absl::StrCat("unloadable: ", reason);
  zones_.Put(*zone);
  unwritten_.insert(zone_id);
  NoteBehind(zone_id, true);
}

bool NodeReplica::MarkDamaged(const std::string& zone_id, uint64_t generation, absl::string_view reason) {
  std::optional<NodeZone> zone = Find(zone_id);
  if (!zone.has_value() || zone->generation != generation) return false;
  if (zone->damaged || zone->unloadable) return false;
  zone->damaged = true;
  if (!zone->is_behind()) zone->behind = absl::StrCat("damaged on disk: ", reason);
  zones_.Put(*zone);
  unwritten_.insert(zone_id);
  NoteBehind(zone_id, true);
  return true;
}

void NodeReplica::WriteUnloadable(store::Overlay& out) {
  for (const std::string& zone_id : unwritten_) {
    const std::optional<NodeZone> zone = Find(zone_id);
    if (zone.has_value()) PutNodeZone(out, *zone, nullptr);
  }
  unwritten_.clear();
}

void NodeReplica::ClearBehind(store::Overlay& out, absl::string_view zone_id) {
  const std::optional<NodeZone> found = Find(zone_id);
  QUARTET_CHECK(found.has_value());
  NodeZone zone = *found;
  zone.behind.clear();
  zone.differs = false;
  zone.damaged = false;
  zone.repair = stored::v1::REPAIR_STATE_UNSPECIFIED;
  zone.epoch = meta_.epoch;
  Replace(out, std::move(zone));
}

void NodeReplica::Remove(store::Overlay& out, absl::string_view zone_id) {
  const std::optional<NodeZone> zone = Find(zone_id);
  if (!zone.has_value()) return;
  EraseNodeZone(out, *zone);
  logged_stages_.Drop(out, zone_id);
  const std::string& id = zone->row.id();
  NoteBehind(id, false);
  unwritten_.erase(id);
  zones_.Erase(id);
}

void NodeReplica::MarkDiffering(store::Overlay& out, const stored::v1::NodeZoneRow& row) {
  const std::optional<NodeZone> zone = Find(row.id());
  if (!zone.has_value() && !meta_.complete) return List(row);
  const bool same_revision = zone.has_value() && zone->generation != 0 &&
                             zone->row.revision() == row.revision() &&
                             zone->row.served_digest() != row.served_digest();
  MarkBehind(out, row.id(), &row, InventoryHas(row), same_revision ? Copy::kDiffers : Copy::kOlder);
}

void NodeReplica::List(const stored::v1::NodeZoneRow& row) {
  NodeZone zone;
  NameOnly(zone, row.id(), row);
  zone.behind = InventoryHas(row);
  zone.listed_only = true;
  zones_.Put(zone);
  NoteBehind(row.id(), true);
}

void NodeReplica::Settle(store::Overlay& out, const NodeInventory::Difference& difference,
                         const Position& as_of) {
  logged_stages_.DropAll(out);
  for (const std::string& zone_id : difference.gone) Remove(out, zone_id);
  for (const std::string& zone_id : difference.settled) ClearBehind(out, zone_id);
  MoveCursor(as_of);
}

NodeStage NodeReplica::BeginStage(store::Overlay& out, const std::string& zone_id) {
  NodeStage stage(zone_id, NewGeneration());
  PutStage(out, zone_id, stage.generation());
  return stage;
}

void NodeReplica::DropStage(store::Overlay& out, const NodeStage& stage) {
  EraseGeneration(out, stage.zone_id(), stage.generation());
  EraseStage(out, stage.zone_id());
}

absl::Status NodeReplica::Flip(store::Overlay& out, const NodeStage& stage,
                               const stored::v1::NodeZoneRow& row, const Position& as_of, int64_t now_us) {
  const std::optional<NodeZone> before = Find(stage.zone_id());
  QUARTET_CHECK(before.has_value());
  if (absl::Status whole = stage.Verify(row); !whole.ok()) return whole;
  absl::StatusOr<Replacement> replacement = JudgeReplacement(*before, row, as_of.epoch);
  if (!replacement.ok()) return replacement.status();
  NodeZone zone;
  if (absl::Status named = SetRow(zone, stage.zone_id(), row); !named.ok()) return named;
  if (*replacement == Replacement::kRepair && before->repair != stored::v1::REPAIR_STATE_ALLOWED) {
    if (absl::Status limited = LimitRepair(out, *before, stage, row, now_us); !limited.ok()) return limited;
  }
  zone.generation = stage.generation();
  zone.epoch = as_of.epoch;
  EraseGeneration(out, stage.zone_id(), before->generation);
  EraseStage(out, stage.zone_id());
  Replace(out, std::move(zone));
  return absl::OkStatus();
}

bool NodeReplica::TakeWhole(store::Overlay& out, const std::string& zone_id,
                            const std::vector<ServedRecordView>& records, const stored::v1::NodeZoneRow& row,
                            const Position& as_of) {
  const std::optional<NodeZone> before = Find(zone_id);
  QUARTET_CHECK(before.has_value());
  const auto hasher = hashers_.find(row.digest_key_id());
  if (hasher == hashers_.end() || !AreAsTheRowSays(records, row, hasher->second)) return false;
  const absl::StatusOr<Replacement> replacement = JudgeReplacement(*before, row, as_of.epoch);
  if (!replacement.ok() || *replacement == Replacement::kRepair) return false;
  NodeZone zone;
  if (!SetRow(zone, zone_id, row).ok()) return false;
  zone.generation = meta_.next_generation;
  zone.epoch = as_of.epoch;
  PutGeneration(out, zone_id, zone.generation, records);
  NewGeneration();
  EraseGeneration(out, zone_id, before->generation);
  Replace(out, std::move(zone));
  return true;
}

absl::Status NodeReplica::LimitRepair(store::Overlay& out, const NodeZone& zone, const NodeStage& stage,
                                      const stored::v1::NodeZoneRow& row, int64_t now_us) {
  absl::Status removed = CheckRemoved(out, zone, stage.generation(), row);
  if (!removed.ok()) return removed;
  if (limits_.Exhausted(zones_.size(), now_us)) {
    return absl::ResourceExhaustedError(
        absl::StrCat("repair of revision ", zone.row.revision(), " would be one more than the ",
                     RepairLimits::Allowed(zones_.size()), " zones that may be repaired within an hour"));
  }
  limits_.Count(out, stage.zone_id(), now_us);
  return absl::OkStatus();
}

bool NodeReplica::StopRepair(store::Overlay& out, const std::string& zone_id, absl::string_view reason) {
  NodeZone zone = *Find(zone_id);
  const bool before = zone.repair == stored::v1::REPAIR_STATE_STOPPED;
  zone.behind = absl::StrCat("stopped: ", reason);
  zone.differs = true;
  zone.repair = stored::v1::REPAIR_STATE_STOPPED;
  Replace(out, std::move(zone));
  return !before;
}

std::vector<std::string> NodeReplica::AllowRepair(store::Overlay& out, const std::string& zone_id) {
  std::vector<std::string> allowed;
  for (const NodeZone& stopped : StoppedRepairs()) {
    if (!zone_id.empty() && stopped.row.id() != zone_id) continue;
    allowed.push_back(stopped.row.id());
  }
  for (const std::string& id : allowed) {
    NodeZone zone = *Find(id);
    zone.repair = stored::v1::REPAIR_STATE_ALLOWED;
    zone.behind = absl::StrCat("allowed after it was ", zone.behind);
    Replace(out, std::move(zone));
  }
  return allowed;
}

std::vector<NodeZone> NodeReplica::StoppedRepairs() const {
  std::vector<NodeZone> stopped;
  for (const std::string& zone_id : behind_) {
    std::optional<NodeZone> zone = Find(zone_id);
    if (zone->repair == stored::v1::REPAIR_STATE_STOPPED) stopped.push_back(*std::move(zone));
  }
  return stopped;
}

int64_t NodeReplica::NextRepairUs(int64_t now_us) {
  return limits_.Exhausted(zones_.size(), now_us) ? limits_.FreeAtUs() : now_us;
}

}  // namespace quartet::replication
