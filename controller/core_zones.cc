#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/core_impl.h"
#include "controller/core_request.h"
#include "controller/roster/roster.h"
#include "controller/zones/faults.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_import.h"
#include "controller/zones/zone_plans.h"
#include "controller/zones/zone_queries.h"
#include "dns/name/name.h"
#include "replication/entry/entry.h"

namespace quartet::controller {
namespace {

constexpr size_t kMaxAccount = 255;
constexpr size_t kMaxComment = 4096;

}  // namespace

absl::StatusOr<admin::v1::CreateZoneResponse> Core::CreateZone(const Caller& caller,
                                                               const admin::v1::CreateZoneRequest& request) {
  if (request.account().size() > kMaxAccount)
    return absl::InvalidArgumentError("the account's name is too long");
  if (request.comment().size() > kMaxComment) {
    return absl::InvalidArgumentError(absl::StrCat("the comment is over ", kMaxComment, " bytes"));
  }
  absl::StatusOr<dns::Name> name = ReadDomain(request.domain_name());
  if (!name.ok()) return name.status();
  admin::v1::CreateZoneResponse response;
  FaultList faults;
  CheckZoneName(*name, faults);
  NewZone zone{*name, request.account(), request.comment(), {}, request.zone_file_name()};
  if (faults.empty()) {
    zone.record_sets = ImportZoneFile(request.zone_file(), request.zone_file_name(), *name, faults,
                                      *response.mutable_warnings());
  }
  if (!faults.empty()) return faults.ToStatus();
  if (const size_t bytes = EntryBytes(zone.record_sets); bytes > replication::kMaxEntryBytes) {
    return absl::ResourceExhaustedError(absl::StrCat("the zone file is too large: its record sets take ",
                                                     bytes, " bytes, and a zone is made by one entry of ",
                                                     replication::kMaxEntryBytes, " bytes at most"));
  }
  absl::StatusOr<Outcome> outcome = Propose(MakeProposal(
      caller, request.account(), "CreateZone", request,
      [this, zone = std::move(zone)](const PlanContext& context) {
        return PlanNewZone(context, zone, [this](const std::string& id) { return usage_.ZonesOf(id); });
      }));
  if (!outcome.ok()) return outcome.status();
  absl::StatusOr<admin::v1::Zone> made = GetZoneById(outcome->zone_id);
  if (!made.ok()) return made.status();
  absl::StatusOr<admin::v1::Change> change = ChangeOf(*outcome);
  if (!change.ok()) return change.status();
  *response.mutable_zone() = *std::move(made);
  *response.mutable_change() = *std::move(change);
  return response;
}

absl::StatusOr<admin::v1::Zone> Core::GetZone(const admin::v1::GetZoneRequest& request) {
  const std::unique_ptr<store::Reader> reader = store_->Snapshot();
  absl::StatusOr<stored::v1::ZoneRow> row = FindActiveZone(*reader, request.name());
  if (!row.ok()) return row.status();
  absl::StatusOr<Roster> roster = ReadRoster(*reader);
  if (!roster.ok()) return roster.status();
  return ZoneMessage(*row, *roster);
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

absl::StatusOr<admin::v1::Change> Core::ChangeRecordSets(const Caller& caller,
                                                         const admin::v1::ChangeRecordSetsRequest& request) {
  absl::StatusOr<stored::v1::ZoneRow> row = FindZone(*store_->Snapshot(), request.parent());
  if (!row.ok()) return row.status();
  absl::StatusOr<dns::Name> apex = ApexOf(*row);
  if (!apex.ok()) return apex.status();
  if (request.changes().empty()) return absl::InvalidArgumentError("the batch is empty");
  FaultList faults;
  std::vector<RecordSetEdit> edits = ReadChanges(request.changes(), *apex, faults);
  if (!faults.empty()) return faults.ToStatus();
  return ProposeChange(row->id(),
                       MakeProposal(caller, row->account(), "ChangeRecordSets", request,
                                    [id = row->id(), edits = std::move(edits)](const PlanContext& context) {
                                      return PlanChanges(context, id, edits);
                                    }));
}

absl::StatusOr<admin::v1::Zone> Core::GetZoneById(const std::string& id) const {
  const std::unique_ptr<store::Reader> reader = store_->Snapshot();
  absl::StatusOr<stored::v1::ZoneRow> row = FindZone(*reader, absl::StrCat("zones/", id));
  if (!row.ok()) return row.status();
  absl::StatusOr<Roster> roster = ReadRoster(*reader);
  if (!roster.ok()) return roster.status();
  return ZoneMessage(*row, *roster);
}

}  // namespace quartet::controller
