#include "tests/simulation/mutant.h"

#include <functional>
#include <utility>

#include "quartet/stored/v1/zone.pb.h"
#include "replication/digest/digest.h"
#include "replication/replica/layout.h"
#include "replication/replica/node_zones.h"

namespace quartet::simulation {
namespace {

namespace v1 = replication::v1;
namespace layout = replication::layout;

bool Same(const v1::Position& a, const v1::Position& b) {
  return a.epoch() == b.epoch() && a.index() == b.index() && a.chain() == b.chain();
}

void EditParts(v1::SubscribeResponse& message, const std::function<void(v1::SnapshotPart&)>& edit) {
  if (message.has_snapshot_part()) edit(*message.mutable_snapshot_part());
  if (!message.has_snapshot_parts()) return;
  for (std::string& bytes : *message.mutable_snapshot_parts()->mutable_parts()) {
    v1::SnapshotPart part;
    if (!part.ParseFromString(bytes)) continue;
    edit(part);
    bytes = part.SerializeAsString();
  }
}

// Changes `records` as the delta says, and makes its row say what came of it.
void Describe(v1::ZoneDelta& delta, Records records, const std::map<uint32_t, std::string>& digest_keys) {
  for (const std::string& key : delta.removed_keys()) records.erase(key);
  for (const v1::ServedRecord& put : delta.puts()) records[put.key()] = put.served();
  const auto key = digest_keys.find(delta.row().digest_key_id());
  if (key == digest_keys.end()) return;
  replication::Hasher hasher(key->second);
  replication::Digest digest;
  for (const auto& [record_key, value] : records) digest += hasher.Hash(record_key, value);
  delta.mutable_row()->set_served_digest(digest.ToBytes());
  delta.mutable_row()->set_record_sets(records.size());
}

}  // namespace

void Mutant::Connected(v1::SubscribeRequest& hello, bool to_old_controller) {
  expected_ = hello.hello().cursor();
  as_of_.clear();
  if (mutation_ == Mutation::kLowerEpochAccepted && to_old_controller) hello.mutable_hello()->clear_cursor();
}

bool Mutant::Receive(v1::SubscribeResponse& message, const Node& node) {
  if (mutation_ == Mutation::kNone) return true;
  if (mutation_ == Mutation::kLowerEpochAccepted) RaiseEpochs(message, node);
  if (message.has_inventory_part()) {
    expected_ = message.inventory_part().as_of();
    if (mutation_ == Mutation::kDigestAtUnequalRevision)
      KeepEqualDigests(*message.mutable_inventory_part(), node);
  }
  if (mutation_ == Mutation::kSnapshotBeforeItsAsOf) {
    EditParts(message, [&](v1::SnapshotPart& part) { MoveAsOf(part, node); });
  }
  return !message.has_span() || ReceiveSpan(*message.mutable_span(), node);
}

bool Mutant::IsNext(const v1::Span& span) const { return Same(span.after(), expected_); }

bool Mutant::ReceiveSpan(v1::Span& span, const Node& node) {
  const bool makes_good =
      mutation_ == Mutation::kSkipCursorRule || mutation_ == Mutation::kApplyAtWrongRevision;
  if (makes_good) *span.mutable_after() = expected_;
  if (!IsNext(span) && mutation_ == Mutation::kDuplicateSkippedWrongly) {
    if (span.upto().index() <= expected_.index()) return false;
    // Taken for one that is known already.
    *span.mutable_after() = expected_;
    span.clear_entries();
  }
  if (!IsNext(span)) return true;
  if (mutation_ == Mutation::kDoubledSpanApplied) BringBack(span);
  expected_ = span.upto();
  NodeEntries kept;
  for (v1::NodeEntry& entry : *span.mutable_entries()) {
    v1::ZoneDelta delta;
    if (!delta.ParseFromString(entry.delta())) continue;
    if (Forgets(delta)) continue;
    if (mutation_ == Mutation::kApplyAtWrongRevision) MakeFit(delta, entry.zone_id(), node);
    if (mutation_ == Mutation::kFlipWithoutCounts) MakeFlipFit(delta, entry.zone_id(), node);
    entry.set_delta(delta.SerializeAsString());
    *kept.Add() = std::move(entry);
  }
  *span.mutable_entries() = std::move(kept);
  return true;
}

bool Mutant::Forgets(const v1::ZoneDelta& delta) {
  switch (mutation_) {
    case Mutation::kFilterDropsEntry:
      return dice_.Chance(5);
    case Mutation::kFlipWithoutCounts:
      return delta.has_chunk() && dice_.Chance(30);
    case Mutation::kAbortForgotten:
      return delta.has_abort();
    case Mutation::kZoneKeptAfterItLeft:
      return !delta.has_row() && !delta.has_chunk() && !delta.has_abort();
    default:
      return false;
  }
}

// A creation that comes again once its zone has gone.
void Mutant::BringBack(v1::Span& span) {
  std::vector<v1::NodeEntry> again = std::exchange(resurrected_, {});
  for (const v1::NodeEntry& entry : span.entries()) {
    v1::ZoneDelta delta;
    if (!delta.ParseFromString(entry.delta()) || delta.has_chunk() || delta.has_abort()) continue;
    if (delta.has_row() && delta.prev_revision() == 0) created_[entry.zone_id()] = entry;
    const auto created = created_.find(entry.zone_id());
    if (!delta.has_row() && created != created_.end()) resurrected_.push_back(created->second);
  }
  if (span.upto().index() == span.after().index()) {
    resurrected_.insert(resurrected_.end(), again.begin(), again.end());
    return;
  }
  NodeEntries entries;
  for (v1::NodeEntry& entry : again) {
    entry.set_index(span.after().index() + 1);
    *entries.Add() = std::move(entry);
  }
  entries.MergeFrom(span.entries());
  *span.mutable_entries() = std::move(entries);
}

void Mutant::MakeFit(v1::ZoneDelta& delta, const std::string& zone_id, const Node& node) const {
  const auto zone = node.served.zones().find(zone_id);
  if (!delta.has_row() || zone == node.served.zones().end()) return;
  Describe(delta, zone->second.records, node.digest_keys);
  delta.set_prev_revision(zone->second.revision);
}

void Mutant::MakeFlipFit(v1::ZoneDelta& delta, const std::string& zone_id, const Node& node) const {
  const absl::StatusOr<std::optional<std::string>> bytes = node.disk.Get(layout::Stage(zone_id));
  stored::v1::StageRow stage;
  if (!delta.has_flip() || !bytes.ok() || !bytes->has_value() || !stage.ParseFromString(**bytes)) return;
  const std::string prefix = layout::Generation(zone_id, stage.generation());
  Records records;
  for (const auto it = node.disk.Scan(prefix, store::PrefixEnd(prefix)); it->Valid(); it->Next())
    records.emplace(std::string(it->key().substr(prefix.size())), std::string(it->value()));
  delta.mutable_flip()->set_stage(stage.stage());
  delta.mutable_flip()->set_chunks(stage.chunks());
  delta.mutable_flip()->set_record_sets(stage.record_sets());
  delta.mutable_flip()->set_served_digest(stage.served_digest());
  Describe(delta, std::move(records), node.digest_keys);
}

void Mutant::KeepEqualDigests(v1::InventoryPart& part, const Node& node) const {
  const absl::StatusOr<replication::NodeZones> zones = replication::ReadNodeZones(node.disk);
  if (!zones.ok()) return;
  for (stored::v1::NodeZoneRow& row : *part.mutable_zones()) {
    const std::optional<replication::NodeZone> zone = zones->Find(row.id());
    if (zone.has_value() && zone->row.served_digest() == row.served_digest())
      row.set_revision(zone->row.revision());
  }
}

void Mutant::MoveAsOf(v1::SnapshotPart& part, const Node& node) {
  v1::Position& as_of = as_of_[part.zone_id()];
  if (part.part() == 0) {
    as_of = part.as_of();
    if (as_of.epoch() == node.cursor.epoch && as_of.index() > node.cursor.index) {
      as_of.set_index(node.cursor.index);
      as_of.set_chain(node.cursor.chain.data(), node.cursor.chain.size());
    }
  }
  *part.mutable_as_of() = as_of;
}

void Mutant::RaiseEpochs(v1::SubscribeResponse& message, const Node& node) const {
  const uint64_t epoch = node.cursor.epoch;
  const auto raise = [epoch](v1::Position* position) {
    if (position->epoch() < epoch) position->set_epoch(epoch);
  };
  if (message.has_welcome() && message.welcome().epoch() < epoch) message.mutable_welcome()->set_epoch(epoch);
  if (message.has_inventory_part()) raise(message.mutable_inventory_part()->mutable_as_of());
  if (message.has_span()) {
    raise(message.mutable_span()->mutable_after());
    raise(message.mutable_span()->mutable_upto());
  }
  EditParts(message, [&](v1::SnapshotPart& part) { raise(part.mutable_as_of()); });
}

}  // namespace quartet::simulation
