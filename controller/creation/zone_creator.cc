#include "controller/creation/zone_creator.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/proposals.h"
#include "controller/requests.h"
#include "controller/zones/faults.h"
#include "controller/zones/zone_import.h"
#include "controller/zones/zone_plans.h"
#include "controller/zones/zone_queries.h"
#include "replication/entry/entry.h"

namespace quartet::controller {

absl::StatusOr<ZoneCreator::Creation> ZoneCreator::Read(const Caller& caller,
                                                        const admin::v1::CreateZoneRequest& request) const {
  absl::StatusOr<ZoneToBe> to_be =
      ReadNewZone(request.domain_name(), request.account(), request.comment(), request.delegation_set());
  if (!to_be.ok()) return to_be.status();
  Creation creation;
  FaultList faults;
  NewZone zone{to_be->name, to_be->account,           to_be->comment,
               {},          request.zone_file_name(), to_be->delegation_set};
  zone.record_sets =
      ImportZoneFile(request.zone_file(), request.zone_file_name(), zone.name, faults, creation.warnings);
  if (!faults.empty()) return faults.ToStatus();
  if (const size_t bytes = EntryBytes(zone.record_sets); bytes > replication::kMaxEntryBytes) {
    return absl::ResourceExhaustedError(absl::StrCat("the zone file is too large: its record sets take ",
                                                     bytes, " bytes, and a zone is made by one entry of ",
                                                     replication::kMaxEntryBytes, " bytes at most"));
  }
  absl::StatusOr<Proposal> proposal = MakeProposal(
      caller, request.account(), "CreateZone", request,
      [this, zone = std::move(zone)](const PlanContext& context) {
        return PlanNewZone(context, zone, [this](const std::string& id) { return host_.ZonesOf(id); });
      });
  if (!proposal.ok()) return proposal.status();
  creation.proposal = *std::move(proposal);
  return creation;
}

absl::StatusOr<admin::v1::CreateZoneResponse> ZoneCreator::Respond(
    const Outcome& outcome, google::protobuf::RepeatedPtrField<admin::v1::Fault> warnings) const {
  const std::unique_ptr<store::Reader> reader = host_.replica().Snapshot();
  absl::StatusOr<stored::v1::ZoneRow> row = outcome.change.has_value()
                                                ? outcome.change->zone
                                                : FindZone(*reader, absl::StrCat("zones/", outcome.zone_id));
  if (!row.ok()) return row.status();
  absl::StatusOr<admin::v1::Zone> zone = ReadZoneMessage(*reader, *row);
  if (!zone.ok()) return zone.status();
  absl::StatusOr<admin::v1::Change> change = host_.ChangeOf(outcome);
  if (!change.ok()) return change.status();
  admin::v1::CreateZoneResponse response;
  *response.mutable_zone() = *std::move(zone);
  *response.mutable_change() = *std::move(change);
  *response.mutable_warnings() = std::move(warnings);
  return response;
}

}  // namespace quartet::controller
