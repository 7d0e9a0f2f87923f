// Batches of record set changes, made and previewed.
#include <memory>
#include <utility>

#include "controller/core_impl.h"
#include "controller/history/changes_since.h"
#include "controller/proposals.h"
#include "controller/zones/batch_conditions.h"
#include "controller/zones/batch_preview.h"
#include "controller/zones/batch_warnings.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_plans.h"
#include "controller/zones/zone_queries.h"

namespace quartet::controller {

struct Core::Batch {
  std::string zone_id;
  std::string account;
  dns::Name apex;
  std::vector<RecordSetEdit> edits;
  BatchConditions conditions;
  FaultList form_faults;
  Warnings warnings;
};

absl::StatusOr<Core::Batch> Core::ReadBatch(const admin::v1::ChangeRecordSetsRequest& request) const {
  absl::StatusOr<stored::v1::ZoneRow> row = FindZone(*store_->Snapshot(), request.parent());
  if (!row.ok()) return row.status();
  absl::StatusOr<dns::Name> apex = ApexOf(*row);
  if (!apex.ok()) return apex.status();
  if (request.changes().empty()) return absl::InvalidArgumentError("the batch is empty");
  absl::StatusOr<BatchConditions> conditions = ReadConditions(request);
  if (!conditions.ok()) return conditions.status();
  FaultList faults;
  std::vector<RecordSetEdit> edits = ReadChanges(request.changes(), *apex, faults);
  // A batch with faults of form is judged too: the others are told with them.
  Batch batch{row->id(), row->account(), *apex, std::move(edits), *std::move(conditions), std::move(faults),
              {}};
  WarnOfDots(request.changes(), *apex, batch.warnings);
  return batch;
}

absl::StatusOr<Plan> Core::PlanBatch(const PlanContext& context, const Batch& batch,
                                     Warnings& warnings) const {
  if (absl::Status sound = CheckSound(batch.zone_id, batch.apex); !sound.ok()) return sound;
  return PlanChanges(context, batch.zone_id, batch.edits, batch.conditions, &warnings, batch.form_faults);
}

absl::StatusOr<admin::v1::Change> Core::ChangeRecordSets(const Caller& caller,
                                                         const admin::v1::ChangeRecordSetsRequest& request) {
  absl::StatusOr<Batch> read = ReadBatch(request);
  if (!read.ok()) return read.status();
  // Shared: a plan is copied, and may outlive a call that is given up.
  const auto batch = std::make_shared<Batch>(*std::move(read));
  absl::StatusOr<admin::v1::Change> change =
      ProposeChange(batch->zone_id, MakeProposal(caller, batch->account, "ChangeRecordSets", request,
                                                 [this, batch](const PlanContext& context) {
                                                   return PlanBatch(context, *batch, batch->warnings);
                                                 }));
  if (!change.ok()) {
    return TellChangesSince(change.status(), *store_->Snapshot(), batch->zone_id, request.if_revision());
  }
  *change->mutable_warnings() = batch->warnings;
  return change;
}

absl::StatusOr<admin::v1::RecordSetPreview> Core::PreviewRecordSets(
    const Caller& caller, const admin::v1::ChangeRecordSetsRequest& request) {
  absl::StatusOr<Batch> read = ReadBatch(request);
  if (!read.ok()) return read.status();
  const auto batch = std::make_shared<Batch>(*std::move(read));
  const auto preview = std::make_shared<admin::v1::RecordSetPreview>();
  Proposal proposal;
  proposal.account = batch->account;
  proposal.principal = caller.principal;
  proposal.zone_id = batch->zone_id;
  proposal.bytes = request.ByteSizeLong();
  proposal.plan = [this, batch, preview](const PlanContext& context) -> absl::StatusOr<Plan> {
    absl::StatusOr<Plan> plan = PlanBatch(context, *batch, batch->warnings);
    if (!plan.ok()) return plan;
    absl::StatusOr<admin::v1::RecordSetPreview> made = PreviewOf(context.view, plan->entry.effects(0).zone());
    if (!made.ok()) return made.status();
    *preview = *std::move(made);
    // Without effects: nothing is appended.
    return Plan{};
  };
  absl::StatusOr<Outcome> outcome = Propose(std::move(proposal));
  if (!outcome.ok()) {
    return TellChangesSince(outcome.status(), *store_->Snapshot(), batch->zone_id, request.if_revision());
  }
  *preview->mutable_warnings() = batch->warnings;
  return std::move(*preview);
}

}  // namespace quartet::controller
