#include "replication/replica/node_logged_stages.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "replication/replica/layout.h"
#include "replication/replica/node_zone.h"

namespace quartet::replication {
namespace {

using quartet::replication::v1::ServedRecord;
using quartet::replication::v1::StageChunk;
using quartet::replication::v1::ZoneDelta;
using stored::v1::StageRow;

bool FitsChunk(const ZoneDelta& delta) {
  size_t bytes = 0;
  for (const ServedRecord& put : delta.puts()) bytes += put.key().size() + put.served().size();
  return bytes <= NodeLoggedStages::kMaxChunkBytes || delta.puts_size() == 1;
}

StageRow NewRow(const NodeLoggedStages::Chunk& chunk) {
  StageRow row;
  row.set_zone_id(std::string(chunk.zone_id));
  row.set_stage(chunk.delta.chunk().stage());
  row.set_epoch(chunk.epoch);
  row.set_generation(chunk.generation);
  row.set_digest_key_id(chunk.delta.chunk().digest_key_id());
  row.set_served_digest(Digest().ToBytes());
  return row;
}

bool Follows(const StageRow& row, const StageChunk& chunk, uint64_t epoch) {
  return row.stage() == chunk.stage() && row.epoch() == epoch && row.chunks() == chunk.chunk() &&
         row.digest_key_id() == chunk.digest_key_id();
}

// Puts the record sets and counts them. False: keys don't ascend.
bool AddRecords(store::Overlay& out, StageRow& row, const ZoneDelta& delta, Hasher& hasher) {
  Digest digest = Digest::FromBytes(row.served_digest());
  const std::string* last_key = &row.last_key();
  for (const ServedRecord& put : delta.puts()) {
    if (put.key() <= *last_key) return false;
    last_key = &put.key();
    out.Put(layout::Record(row.zone_id(), row.generation(), put.key()), put.served());
    digest += hasher.Hash(put.key(), put.served());
  }
  if (!delta.puts().empty()) row.set_last_key(delta.puts().rbegin()->key());
  row.set_served_digest(digest.ToBytes());
  row.set_record_sets(row.record_sets() + static_cast<uint64_t>(delta.puts_size()));
  row.set_chunks(row.chunks() + 1);
  return true;
}

}  // namespace

absl::StatusOr<NodeLoggedStages> NodeLoggedStages::Read(const store::Reader& reader) {
  const std::string prefix = layout::Stage("");
  NodeLoggedStages stages;
  std::unique_ptr<store::Iterator> it = reader.Scan(prefix, store::PrefixEnd(prefix));
  for (; it->Valid(); it->Next()) {
    const std::string zone_id(it->key().substr(prefix.size()));
    StageRow row;
    if (!row.ParseFromArray(it->value().data(), static_cast<int>(it->value().size())) ||
        row.zone_id() != zone_id || zone_id.size() != layout::kZoneIdBytes) {
      return absl::DataLossError(
          absl::StrCat("the row of the stage of zone ", zone_id,
                       " is damaged; empty the replica's directory and start the node again"));
    }
    stages.rows_.emplace(zone_id, std::move(row));
  }
  if (!it->status().ok()) return it->status();
  return stages;
}

const StageRow* NodeLoggedStages::Find(absl::string_view zone_id) const {
  const auto found = rows_.find(zone_id);
  return found == rows_.end() ? nullptr : &found->second;
}

void NodeLoggedStages::Add(store::Overlay& out, const Chunk& chunk, Hashers& hashers) {
  const StageChunk& part = chunk.delta.chunk();
  if (part.chunk() == 0) {
    Drop(out, chunk.zone_id);
    if (chunk.zone_id.size() != layout::kZoneIdBytes) return;
    rows_.emplace(std::string(chunk.zone_id), NewRow(chunk));
  }
  const auto found = rows_.find(chunk.zone_id);
  if (found == rows_.end()) return;
  StageRow& row = found->second;
  const auto hasher = hashers.find(row.digest_key_id());
  if (!Follows(row, part, chunk.epoch) || hasher == hashers.end() || !FitsChunk(chunk.delta) ||
      !AddRecords(out, row, chunk.delta, hasher->second)) {
    return Drop(out, chunk.zone_id);
  }
  out.Put(layout::Stage(chunk.zone_id), row.SerializeAsString());
}

absl::StatusOr<const StageRow*> NodeLoggedStages::Verify(absl::string_view zone_id,
                                                         const quartet::replication::v1::StageFlip& flip,
                                                         uint32_t digest_key_id, uint64_t epoch) const {
  const StageRow* row = Find(zone_id);
  if (row == nullptr || row->stage() != flip.stage() || row->epoch() != epoch) {
    return absl::FailedPreconditionError(absl::StrCat("stage ", flip.stage(), " is not here to be flipped"));
  }
  if (row->chunks() != flip.chunks() || row->record_sets() != flip.record_sets()) {
    return absl::FailedPreconditionError(
        absl::StrCat("stage ", flip.stage(), " has ", row->record_sets(), " record sets in ", row->chunks(),
                     " chunks, its flip says ", flip.record_sets(), " in ", flip.chunks()));
  }
  if (row->digest_key_id() != digest_key_id || row->served_digest() != flip.served_digest()) {
    return absl::FailedPreconditionError(
        absl::StrCat("stage ", flip.stage(), " has another digest than its flip says"));
  }
  return row;
}

void NodeLoggedStages::Flipped(store::Overlay& out, absl::string_view zone_id) {
  out.Delete(layout::Stage(zone_id));
  rows_.erase(zone_id);
}

void NodeLoggedStages::Drop(store::Overlay& out, absl::string_view zone_id) {
  const auto found = rows_.find(zone_id);
  if (found == rows_.end()) return;
  EraseGeneration(out, zone_id, found->second.generation());
  out.Delete(layout::Stage(zone_id));
  rows_.erase(found);
}

void NodeLoggedStages::Drop(store::Overlay& out, absl::string_view zone_id, uint64_t stage) {
  const StageRow* row = Find(zone_id);
  if (row != nullptr && row->stage() == stage) Drop(out, zone_id);
}

void NodeLoggedStages::DropAll(store::Overlay& out) {
  while (!rows_.empty()) {
    const std::string zone_id = rows_.begin()->first;
    Drop(out, zone_id);
  }
}

}  // namespace quartet::replication
