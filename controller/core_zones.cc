#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/core_impl.h"
#include "controller/creation/zone_creator.h"
#include "controller/history/changes_since.h"
#include "controller/proposals.h"
#include "controller/zones/zone_plans.h"
#include "controller/zones/zone_queries.h"
#include "controller/zones/zone_settings.h"
#include "dns/name/name.h"

namespace quartet::controller {

absl::StatusOr<admin::v1::CreateZoneResponse> Core::CreateZone(const Caller& caller,
                                                               const admin::v1::CreateZoneRequest& request) {
  const ZoneCreator creator(*this);
  absl::StatusOr<ZoneCreator::Creation> creation = creator.Read(caller, request);
  if (!creation.ok()) return creation.status();
  const absl::StatusOr<Outcome> outcome = Propose(std::move(creation->proposal));
  if (!outcome.ok()) return outcome.status();
  return creator.Respond(*outcome, std::move(creation->warnings));
}

absl::StatusOr<ZoneImporter*> Core::Importer() {
  const std::lock_guard<std::mutex> lock(importer_mutex_);
  if (importer_ == nullptr) {
    if (options_.spool_directory.empty()) {
      return absl::FailedPreconditionError("this controller has no directory to spool imports in");
    }
    ZoneImporter::Options options;
    options.directory = options_.spool_directory;
    absl::StatusOr<std::unique_ptr<ZoneImporter>> importer = ZoneImporter::Open(*this, options);
    if (!importer.ok()) return importer.status();
    importer_ = *std::move(importer);
  }
  return importer_.get();
}

absl::StatusOr<admin::v1::ImportResult> Core::ImportZone(const Caller& caller, ImportStream& stream) {
  absl::StatusOr<ZoneImporter*> importer = Importer();
  if (!importer.ok()) return importer.status();
  absl::StatusOr<Imported> imported = (*importer)->Import(caller.principal, stream);
  if (!imported.ok()) return imported.status();
  const Outcome& outcome = imported->outcome;
  admin::v1::ImportResult result;
  const std::string& zone_id = outcome.zone_id.empty() ? imported->zone_id : outcome.zone_id;
  if (imported->compared.has_value()) {
    absl::StatusOr<admin::v1::Zone> zone = ReadZoneMessage(*store_->Snapshot(), *imported->compared);
    if (!zone.ok()) return zone.status();
    *result.mutable_zone() = *std::move(zone);
  } else if (!zone_id.empty()) {
    absl::StatusOr<admin::v1::Zone> zone = GetZoneById(zone_id);
    if (!zone.ok()) return zone.status();
    *result.mutable_zone() = *std::move(zone);
  }
  if (!outcome.change_id.empty()) {
    absl::StatusOr<admin::v1::Change> change = ChangeById(outcome.change_id);
    if (!change.ok()) return change.status();
    *result.mutable_change() = *std::move(change);
  }
  *result.mutable_warnings() = std::move(imported->warnings);
  *result.mutable_skipped() = std::move(imported->skipped);
  result.set_total_warnings(imported->total_warnings);
  result.set_duplicate(outcome.duplicate);
  if (outcome.duplicate) return result;
  result.set_added(imported->difference.added);
  result.set_changed(imported->difference.changed);
  result.set_removed(imported->difference.removed);
  return result;
}

absl::StatusOr<admin::v1::Change> Core::UpdateZone(const Caller& caller,
                                                   const admin::v1::UpdateZoneRequest& request) {
  absl::StatusOr<stored::v1::ZoneRow> row = FindZone(*store_->Snapshot(), request.name());
  if (!row.ok()) return row.status();
  absl::StatusOr<dns::Name> apex = ApexOf(*row);
  if (!apex.ok()) return apex.status();
  Warnings warnings;
  absl::StatusOr<ZoneSettings> settings = ReadSettings(request, *apex, warnings);
  if (!settings.ok()) return settings.status();
  PlanFn plan = [this, id = row->id(), apex = *std::move(apex),
                 settings = *std::move(settings)](const PlanContext& context) -> absl::StatusOr<Plan> {
    if (absl::Status sound = CheckSound(id, apex); !sound.ok()) return sound;
    return PlanSettings(context, id, settings);
  };
  absl::StatusOr<admin::v1::Change> change =
      ProposeChange(row->id(), MakeProposal(caller, row->account(), "UpdateZone", request, std::move(plan)));
  if (!change.ok()) {
    return TellChangesSince(change.status(), *store_->Snapshot(), row->id(), request.if_revision());
  }
  *change->mutable_warnings() = std::move(warnings);
  return change;
}

absl::StatusOr<admin::v1::Zone> Core::GetZone(const admin::v1::GetZoneRequest& request) {
  const std::unique_ptr<store::Reader> reader = store_->Snapshot();
  absl::StatusOr<stored::v1::ZoneRow> row = FindActiveZone(*reader, request.name());
  if (!row.ok()) return row.status();
  absl::StatusOr<admin::v1::Zone> zone = ReadZoneMessage(*reader, *row);
  if (!zone.ok()) return zone.status();
  zone->set_quarantined(quarantine_->Reason(row->id()));
  // A damaged zone is shown without them.
  if (absl::Status status = ShowSettings(*reader, *row, *zone); !status.ok() && !absl::IsDataLoss(status)) {
    return status;
  }
  return zone;
}

absl::StatusOr<admin::v1::ListZonesResponse> Core::ListZones(const admin::v1::ListZonesRequest& request) {
  return controller::ListZones(*store_->Snapshot(), request);
}

absl::StatusOr<admin::v1::Change> Core::DeleteZone(const Caller& caller,
                                                   const admin::v1::DeleteZoneRequest& request) {
  absl::StatusOr<stored::v1::ZoneRow> row = FindZone(*store_->Snapshot(), request.name());
  if (!row.ok()) return row.status();
  return ProposeChange(row->id(),
                       MakeProposal(caller, row->account(), "DeleteZone", request,
                                    [id = row->id(), force = request.force()](const PlanContext& context) {
                                      return PlanZoneDeletion(context, id, force);
                                    }));
}

absl::StatusOr<admin::v1::ListRecordSetsResponse> Core::ListRecordSets(
    const admin::v1::ListRecordSetsRequest& request) {
  return controller::ListRecordSets(*store_->Snapshot(), request);
}

absl::StatusOr<admin::v1::Zone> Core::GetZoneById(const std::string& id) const {
  const std::unique_ptr<store::Reader> reader = store_->Snapshot();
  absl::StatusOr<stored::v1::ZoneRow> row = FindZone(*reader, absl::StrCat("zones/", id));
  if (!row.ok()) return row.status();
  return ReadZoneMessage(*reader, *row);
}

}  // namespace quartet::controller
