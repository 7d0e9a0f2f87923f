#include "replication/replica/apply_stages.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "replication/replica/apply.h"
#include "replication/replica/apply_history.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"
#include "replication/replica/replaced_ttl.h"
#include "replication/replica/zone_revision.h"

namespace quartet::replication {
namespace {

using stored::v1::StageRow;
using stored::v1::ZoneLocalRow;

absl::Status Unfit(absl::string_view zone_id, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("stage of zone ", zone_id, ": ", why));
}

// The stage that is open for the zone. FAILED_PRECONDITION: it is not the one named `stage`.
absl::StatusOr<StageRow> OpenStage(const store::Reader& reader, const std::string& zone_id, uint64_t stage) {
  absl::StatusOr<std::optional<StageRow>> row = FullView(reader).Stage(zone_id);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return Unfit(zone_id, "none is open");
  if ((*row)->stage() != stage) {
    return Unfit(zone_id, absl::StrCat("the entry is of stage ", stage, ", open is ", (*row)->stage()));
  }
  return **std::move(row);
}

// Its digests go on in the key that they were begun with.
absl::Status CheckKey(const store::Reader& reader, const StageRow& stage) {
  absl::StatusOr<DigestKeyInForce> key = ReadDigestKey(reader);
  if (!key.ok()) return key.status();
  if (stage.digest_key_id() == key->id) return absl::OkStatus();
  return Unfit(stage.zone_id(),
               absl::StrCat("it is for digest key ", stage.digest_key_id(), ", in force is ", key->id));
}

absl::StatusOr<StageRow> BeginStage(store::Overlay& overlay, const stored::v1::EntryHeader& header,
                                    const stored::v1::StageEffect& effect, const Position& position) {
  const std::string& zone_id = effect.zone_id();
  absl::StatusOr<std::optional<StageRow>> open = FullView(overlay).Stage(zone_id);
  if (!open.ok()) return open.status();
  if (open->has_value()) return Unfit(zone_id, "another one is open");
  absl::StatusOr<ZoneLocalRow> local = ReadLocalRow(overlay, zone_id);
  if (!local.ok()) return local.status();
  if (local->purged_revision() != 0) return Unfit(zone_id, "the zone was purged");
  StageRow row;
  row.set_zone_id(zone_id);
  row.set_stage(position.index);
  row.set_epoch(position.epoch);
  row.set_generation(TakeGeneration(*local));
  row.set_digest_key_id(effect.digest_key_id());
  row.set_principal(header.principal());
  *row.mutable_targets() = header.targets();
  overlay.Put(layout::ZoneLocal(zone_id), local->SerializeAsString());
  return row;
}

absl::Status AddChunk(store::Overlay& overlay, StageRow& row, const RecordPuts& puts, Hasher& hasher) {
  const RecordsPlace place{row.zone_id(), row.generation()};
  ZoneTotals totals = TotalsOf(row);
  const std::string* last_key = &row.last_key();
  for (const stored::v1::RecordPut& put : puts) {
    if (put.key() <= *last_key) return absl::DataLossError("keys of a stage don't ascend");
    last_key = &put.key();
    PutRecord(overlay, place, put, totals, hasher);
  }
  if (!puts.empty()) row.set_last_key(puts.rbegin()->key());
  row.set_served_digest(totals.served.ToBytes());
  row.set_control_digest(totals.control.ToBytes());
  row.set_record_sets(totals.record_sets);
  row.set_bytes(row.bytes() + BytesOf(puts));
  NoteTtls(puts, row);
  row.set_chunks(row.chunks() + 1);
  return absl::OkStatus();
}

// What was staged is what the flip says.
absl::Status CheckStaged(const StageRow& stage, const stored::v1::FlipEffect& flip) {
  if (stage.chunks() != flip.chunks()) {
    return Unfit(stage.zone_id(),
                 absl::StrCat(stage.chunks(), " chunks came, its flip says ", flip.chunks()));
  }
  if (stage.digest_key_id() != flip.row().digest_key_id()) {
    return Unfit(stage.zone_id(), "its digests have another key than its flip says");
  }
  const ZoneTotals stated{Digest::FromBytes(flip.stage_served_digest()),
                          Digest::FromBytes(flip.stage_control_digest()), flip.stage_record_sets()};
  if (TotalsOf(stage) == stated) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("stage of zone ", stage.zone_id(), ": its record sets are not those its flip says"));
}

}  // namespace

bool FitsChunk(const stored::v1::StageEffect& effect) {
  size_t bytes = 0;
  for (const stored::v1::RecordPut& put : effect.puts()) {
    bytes += put.key().size() + put.served().size() + put.control().size();
  }
  return bytes <= kMaxChunkBytes || effect.puts_size() == 1;
}

absl::Status ApplyStage(store::Overlay& overlay, const stored::v1::EntryHeader& header,
                        const stored::v1::StageEffect& effect, const Position& position, Hasher& hasher) {
  const std::string& zone_id = effect.zone_id();
  if (zone_id.size() != layout::kZoneIdBytes)
    return absl::DataLossError("an entry stages a zone without an id");
  if (!FitsChunk(effect)) return absl::DataLossError("a chunk of a stage is over 64 KiB");
  const bool first = effect.chunk() == 0 && effect.stage() == 0;
  absl::StatusOr<StageRow> row =
      first ? BeginStage(overlay, header, effect, position) : OpenStage(overlay, zone_id, effect.stage());
  if (!row.ok()) return row.status();
  if (row->chunks() != effect.chunk()) {
    return Unfit(zone_id, absl::StrCat("chunk ", effect.chunk(), " came, ", row->chunks(), " is due"));
  }
  if (row->digest_key_id() != effect.digest_key_id())
    return Unfit(zone_id, "a chunk is for another digest key");
  if (absl::Status status = CheckKey(overlay, *row); !status.ok()) return status;
  if (absl::Status status = AddChunk(overlay, *row, effect.puts(), hasher); !status.ok()) return status;
  overlay.Put(layout::Stage(zone_id), row->SerializeAsString());
  return absl::OkStatus();
}

absl::Status ApplyFlip(store::Overlay& overlay, const stored::v1::EntryHeader& header,
                       const stored::v1::FlipEffect& effect, const Position& position, Hasher& hasher,
                       uint32_t& replaced_ttl) {
  const stored::v1::ZoneRow& row = effect.row();
  absl::StatusOr<std::optional<stored::v1::ZoneRow>> before =
      ZoneBefore(overlay, row, effect.prev_revision());
  if (!before.ok()) return before.status();
  absl::StatusOr<StageRow> stage = OpenStage(overlay, row.id(), effect.stage());
  if (!stage.ok()) return stage.status();
  if (absl::Status status = CheckStaged(*stage, effect); !status.ok()) return status;
  if (absl::Status status = CheckKey(overlay, *stage); !status.ok()) return status;
  absl::StatusOr<ZoneLocalRow> local = ReadLocalRow(overlay, row.id());
  if (!local.ok()) return local.status();

  // The generation before is the before-image of all record sets.
  stored::v1::HistoryRow history = MakeHistory(header, position, *before);
  history.set_before_generation(local->generation());
  history.set_before_generation_bytes(local->generation_bytes());
  TellOfFlip(row, history);
  if (before->has_value()) {
    const absl::StatusOr<uint32_t> replaced =
        ReplacedTtlOfFlip(overlay, {row.id(), local->generation()}, *local);
    if (!replaced.ok()) return replaced.status();
    replaced_ttl = *replaced;
  }
  RecordImages staged;
  absl::StatusOr<ZoneTotals> totals =
      ChangeRecords(overlay, {row.id(), stage->generation()}, TotalsOf(*stage), effect.removed_keys(),
                    effect.puts(), hasher, &staged);
  if (!totals.ok()) return totals.status();
  local->set_generation(stage->generation());
  local->set_generation_bytes(stage->bytes());
  CountBytes(effect.puts(), staged, *local);
  local->set_longest_ttl(stage->longest_ttl());
  local->set_longest_wildcard_ttl(stage->longest_wildcard_ttl());
  NoteTtls(effect.puts(), *local);
  overlay.Delete(layout::Stage(row.id()));
  return WriteRevision(overlay, *before, row, *totals, history, *std::move(local));
}

absl::Status ApplyAbort(store::Overlay& overlay, const stored::v1::AbortEffect& effect) {
  const std::string& zone_id = effect.zone_id();
  absl::StatusOr<StageRow> stage = OpenStage(overlay, zone_id, effect.stage());
  if (!stage.ok()) return stage.status();
  absl::StatusOr<ZoneLocalRow> local = ReadLocalRow(overlay, zone_id);
  if (!local.ok()) return local.status();
  EraseRecords(overlay, {zone_id, stage->generation()});
  overlay.Delete(layout::Stage(zone_id));
  // Of a zone that was to be made nothing stays.
  if (local->generation() == 0) overlay.Delete(layout::ZoneLocal(zone_id));
  return absl::OkStatus();
}

absl::StatusOr<ZoneTotals> TotalsOfFlip(const store::Reader& reader, const StageRow& stage,
                                        const RecordKeys& removed, const RecordPuts& puts, Hasher& hasher) {
  store::Batch aside;
  store::Overlay overlay(reader, aside);
  return ChangeRecords(overlay, {stage.zone_id(), stage.generation()}, TotalsOf(stage), removed, puts, hasher,
                       nullptr);
}

void AddAbort(stored::v1::Entry& entry, const StageRow& stage, const std::string& reason) {
  stored::v1::AbortEffect& abort = *entry.add_effects()->mutable_abort();
  abort.set_zone_id(stage.zone_id());
  abort.set_stage(stage.stage());
  abort.set_reason(reason);
  auto& targets = *entry.mutable_header()->mutable_targets();
  for (const std::string& target : stage.targets()) {
    if (std::find(targets.begin(), targets.end(), target) == targets.end()) *targets.Add() = target;
  }
}

}  // namespace quartet::replication
