#include "controller/imports/import_plans.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/sequencer/ids.h"
#include "controller/zones/zone_edit.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"
#include "replication/replica/apply_stages.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using replication::FullView;
using replication::Origin;
using stored::v1::StageRow;
using stored::v1::ZoneRow;

absl::StatusOr<ZoneRow> RowOf(const store::Reader& view, const ImportTarget& target) {
  absl::StatusOr<ZoneRow> row = ActiveZone(view, target.zone_id);
  if (absl::IsNotFound(row.status())) {
    return absl::AbortedError("the zone was deleted meanwhile; nothing was done");
  }
  if (!row.ok()) return row.status();
  if (target.revision.has_value() && row->revision() != *target.revision) {
    return absl::AbortedError(absl::StrCat("the zone was changed meanwhile: it is at revision ",
                                           row->revision(), ", not at ", *target.revision,
                                           " any more; nothing was done, try again"));
  }
  return row;
}

void AddTarget(stored::v1::EntryHeader& header, const std::string& target) {
  const auto& targets = header.targets();
  if (std::find(targets.begin(), targets.end(), target) == targets.end()) header.add_targets(target);
}

void AddTargets(stored::v1::EntryHeader& header, const ZoneRow& row) {
  for (const stored::v1::Assignment& assignment : row.assignments()) AddTarget(header, assignment.target());
}

absl::StatusOr<StageRow> FindStage(const PlanContext& context, const OpenedStage& stage) {
  absl::StatusOr<std::optional<StageRow>> row = FullView(context.view).Stage(stage.zone_id);
  if (!row.ok()) return row.status();
  if (!row->has_value() || (*row)->stage() != stage.number || (*row)->chunks() != stage.chunks) {
    return absl::AbortedError("the stage was given up; nothing was done, try again");
  }
  // Digests are made with one key from the first chunk to the flip.
  if ((*row)->digest_key_id() != context.digest_key_id) {
    return absl::AbortedError("the service's digest key was changed meanwhile; nothing was done, try again");
  }
  return **std::move(row);
}

stored::v1::StageEffect& AddChunk(Plan& plan, const PlanContext& context, const std::string& zone_id,
                                  replication::RecordPuts puts) {
  stored::v1::StageEffect& effect = *plan.entry.add_effects()->mutable_stage();
  effect.set_zone_id(zone_id);
  effect.set_digest_key_id(context.digest_key_id);
  *effect.mutable_puts() = std::move(puts);
  return effect;
}

// The zone's own record sets as they are to be: SOA with the serial moved, apex NS as it is.
absl::StatusOr<replication::RecordPuts> OwnPuts(const store::Reader& view, ZoneRow& row) {
  absl::StatusOr<dns::Name> apex = ApexOf(row);
  if (!apex.ok()) return apex.status();
  absl::StatusOr<uint64_t> generation = FullView(view).ZoneGeneration(row.id());
  if (!generation.ok()) return generation.status();
  absl::StatusOr<stored::v1::RecordPut> soa = MovedSoa(view, *generation, *apex, row);
  if (!soa.ok()) return soa.status();
  replication::RecordPuts puts;
  *puts.Add() = *std::move(soa);
  const std::string ns_key = replication::RecordKey(*apex, *apex, dns::Type::kNs);
  absl::StatusOr<std::optional<FullView::Record>> ns =
      FullView(view).GetRecord(row.id(), *generation, ns_key);
  if (!ns.ok()) return ns.status();
  if (!ns->has_value()) return absl::DataLossError(absl::StrCat("zone ", row.id(), " has no apex NS"));
  stored::v1::RecordPut& put = *puts.Add();
  put.set_key(ns_key);
  put.set_served((*ns)->served);
  put.set_control((*ns)->control);
  return puts;
}

absl::StatusOr<std::unique_ptr<ZoneEdit>> NewZoneEdit(const PlanContext& context,
                                                      const FoundedZone& founded) {
  absl::StatusOr<std::unique_ptr<ZoneEdit>> edit = ZoneEdit::New(context, founded.row);
  if (!edit.ok()) return edit;
  for (const dns::RecordSet& own : founded.own) {
    if (absl::Status status = (*edit)->Put(own, {Origin::kSystem, "", ""}); !status.ok()) return status;
  }
  return edit;
}

absl::StatusOr<std::unique_ptr<ZoneEdit>> EditOf(const PlanContext& context, const ImportTarget& target,
                                                 const UsageFn& usage) {
  if (target.new_zone.has_value()) {
    absl::StatusOr<FoundedZone> founded = FoundZone(context, *target.new_zone, usage);
    if (!founded.ok()) return founded.status();
    return NewZoneEdit(context, *founded);
  }
  absl::StatusOr<ZoneRow> row = RowOf(context.view, target);
  if (!row.ok()) return row.status();
  return ZoneEdit::Of(context, *row);
}

// The row that a flip makes, but for totals, and the zone's own record sets.
absl::StatusOr<ZoneRow> RowToBe(const PlanContext& context, const ImportTarget& target,
                                const std::optional<FoundedZone>& founded, replication::RecordPuts& own) {
  if (target.new_zone.has_value()) {
    if (absl::Status status = CheckStillFree(context, *founded); !status.ok()) return status;
    for (const dns::RecordSet& set : founded->own) {
      *own.Add() = MakePut(set, {Origin::kSystem, "", ""}, target.new_zone->name);
    }
    ZoneRow row = founded->row;
    row.set_state(stored::v1::ZONE_STATE_ACTIVE);
    row.set_create_time_us(context.time_us);
    return row;
  }
  absl::StatusOr<ZoneRow> row = RowOf(context.view, target);
  if (!row.ok()) return row;
  absl::StatusOr<replication::RecordPuts> puts = OwnPuts(context.view, *row);
  if (!puts.ok()) return puts.status();
  own = *std::move(puts);
  return row;
}

}  // namespace

absl::StatusOr<Plan> PlanDifference(const PlanContext& context, const ImportTarget& target,
                                    const ImportDifference& difference, const UsageFn& usage) {
  absl::StatusOr<std::unique_ptr<ZoneEdit>> edit = EditOf(context, target, usage);
  if (!edit.ok()) return edit.status();
  if (!target.new_zone.has_value() && difference.edits() == 0) return Plan{};
  for (const std::string& key : difference.removed_keys) {
    if (absl::Status status = (*edit)->Remove(key); !status.ok()) return status;
  }
  for (const stored::v1::RecordPut& put : difference.puts) {
    if (absl::Status status = (*edit)->Put(put); !status.ok()) return status;
  }
  return (*edit)->Finish(NewChangeId(context.random));
}

absl::StatusOr<Plan> PlanFirstChunk(const PlanContext& context, const ImportTarget& target,
                                    replication::RecordPuts puts, const UsageFn& usage,
                                    std::optional<FoundedZone>& founded) {
  ZoneRow row;
  if (target.new_zone.has_value()) {
    absl::StatusOr<FoundedZone> made = FoundZone(context, *target.new_zone, usage);
    if (!made.ok()) return made.status();
    founded = *std::move(made);
    row = founded->row;
  } else {
    absl::StatusOr<ZoneRow> there = RowOf(context.view, target);
    if (!there.ok()) return there.status();
    row = *std::move(there);
  }
  absl::StatusOr<std::optional<StageRow>> open = FullView(context.view).Stage(row.id());
  if (!open.ok()) return open.status();
  if (open->has_value()) return absl::AbortedError("another import of the zone is running; try again");
  Plan plan;
  AddTargets(*plan.entry.mutable_header(), row);
  AddChunk(plan, context, row.id(), std::move(puts));
  return plan;
}

absl::StatusOr<Plan> PlanChunk(const PlanContext& context, const ImportTarget& target,
                               const OpenedStage& stage, replication::RecordPuts puts) {
  absl::StatusOr<StageRow> row = FindStage(context, stage);
  if (!row.ok()) return row.status();
  Plan plan;
  stored::v1::EntryHeader& header = *plan.entry.mutable_header();
  if (!target.new_zone.has_value()) {
    absl::StatusOr<ZoneRow> zone = RowOf(context.view, target);
    if (!zone.ok()) return zone.status();
    AddTargets(header, *zone);
  }
  for (const std::string& nameserver : row->targets()) AddTarget(header, nameserver);
  stored::v1::StageEffect& effect = AddChunk(plan, context, stage.zone_id, std::move(puts));
  effect.set_stage(stage.number);
  effect.set_chunk(stage.chunks);
  return plan;
}

absl::StatusOr<Plan> PlanFlip(const PlanContext& context, const ImportTarget& target,
                              const OpenedStage& stage, const std::optional<FoundedZone>& founded) {
  absl::StatusOr<StageRow> staged = FindStage(context, stage);
  if (!staged.ok()) return staged.status();
  replication::RecordPuts own;
  absl::StatusOr<ZoneRow> row = RowToBe(context, target, founded, own);
  if (!row.ok()) return row.status();

  absl::StatusOr<replication::ZoneTotals> totals =
      replication::TotalsOfFlip(context.view, *staged, {}, own, context.hasher);
  if (!totals.ok()) return totals.status();
  Plan plan;
  stored::v1::FlipEffect& flip = *plan.entry.add_effects()->mutable_flip();
  flip.set_prev_revision(row->revision());
  row->set_revision(row->revision() + 1);
  row->set_served_digest(totals->served.ToBytes());
  row->set_control_digest(totals->control.ToBytes());
  row->set_record_sets(totals->record_sets);
  row->set_digest_key_id(staged->digest_key_id());
  flip.set_stage(stage.number);
  flip.set_chunks(staged->chunks());
  flip.set_stage_record_sets(staged->record_sets());
  flip.set_stage_served_digest(staged->served_digest());
  flip.set_stage_control_digest(staged->control_digest());
  *flip.mutable_puts() = std::move(own);

  stored::v1::EntryHeader& header = *plan.entry.mutable_header();
  header.set_change_id(NewChangeId(context.random));
  AddTargets(header, *row);
  for (const std::string& nameserver : staged->targets()) AddTarget(header, nameserver);
  *flip.mutable_row() = *std::move(row);
  return plan;
}

absl::StatusOr<Plan> PlanAbort(const PlanContext& context, const OpenedStage& stage,
                               const std::string& reason) {
  absl::StatusOr<std::optional<StageRow>> row = FullView(context.view).Stage(stage.zone_id);
  if (!row.ok()) return row.status();
  Plan plan;
  if (row->has_value() && (*row)->stage() == stage.number) replication::AddAbort(plan.entry, **row, reason);
  return plan;
}

}  // namespace quartet::controller
