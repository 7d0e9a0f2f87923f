#include "controller/restore/restores.h"

#include <google/protobuf/util/time_util.h>

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "controller/restore/node_findings.h"
#include "controller/restore/record_differences.h"
#include "controller/restore/zone_differences.h"
#include "controller/roster/roster.h"
#include "dns/name/name.h"
#include "replication/base/log.h"
#include "replication/restore/restore_row.h"

namespace quartet::controller {
namespace {

using google::protobuf::util::TimeUtil;

// Named in a refusal.
constexpr size_t kNamedNodes = 10;

std::string NameText(const std::string& wire) {
  const absl::StatusOr<dns::Name> name =
      dns::Name::FromWire({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
  return name.ok() ? name->ToString() : "";
}

admin::v1::Restore Message(const stored::v1::RestoreRow& row) {
  admin::v1::Restore restore;
  restore.set_epoch(row.epoch());
  restore.set_old_epoch(row.old_epoch());
  restore.set_old_index(row.old_index());
  restore.set_backup(row.backup());
  restore.set_controller(row.controller());
  *restore.mutable_backup_time() = TimeUtil::MicrosecondsToTimestamp(row.backup_time_us());
  *restore.mutable_restore_time() = TimeUtil::MicrosecondsToTimestamp(row.restore_time_us());
  if (row.confirm_time_us() != 0) {
    *restore.mutable_confirm_time() = TimeUtil::MicrosecondsToTimestamp(row.confirm_time_us());
    restore.set_confirmed_by(row.confirmed_by());
    return restore;
  }
  restore.set_damaged_zones(row.damaged_zones());
  for (const stored::v1::DamagedZone& zone : row.damaged()) {
    admin::v1::RestoredZone& out = *restore.add_damaged();
    out.set_zone(absl::StrCat("zones/", zone.zone_id()));
    out.set_name(NameText(zone.name()));
    out.set_kind(admin::v1::RestoredZone::KIND_DAMAGED);
    out.set_reason(zone.reason());
  }
  return restore;
}

}  // namespace

Restores::Restores(Controller& controller, NodeReports& reports, Feed feed)
    : controller_(controller), reports_(reports), feed_(std::move(feed)) {
  const absl::StatusOr<stored::v1::RestoreRow> row = Row();
  if (!row.ok() || row->confirm_time_us() != 0) return;
  LogWarning("{}", std::string(replication::UnconfirmedError(*row).message()));
  feed_.set_unsettled(true);
}

absl::StatusOr<stored::v1::RestoreRow> Restores::Row() const {
  absl::StatusOr<std::optional<stored::v1::RestoreRow>> row = replication::ReadRestore(controller_.replica());
  if (!row.ok()) return row.status();
  if (!row->has_value())
    return absl::FailedPreconditionError("this controller was not restored from a backup");
  return **std::move(row);
}

absl::StatusOr<admin::v1::Restore> Restores::Get(const admin::v1::GetRestoreRequest& request,
                                                 const NodeReports::Patience& patience) {
  const absl::StatusOr<stored::v1::RestoreRow> row = Row();
  if (!row.ok()) return row.status();
  admin::v1::Restore restore = Message(*row);
  if (row->confirm_time_us() != 0) return restore;
  std::unique_lock<std::timed_mutex> one(reporting_, patience.deadline);
  if (!one.owns_lock()) {
    return absl::DeadlineExceededError(
        "another report was being made all the time; there is one at a time (--timeout waits longer)");
  }
  absl::Status status;
  if (request.zone().empty()) {
    status = ReportZones(*row, patience, restore);
  } else {
    absl::string_view zone_id = request.zone();
    absl::ConsumePrefix(&zone_id, "zones/");
    status = ReportRecords(*row, std::string(zone_id), patience, restore);
  }
  if (!status.ok()) return status;
  return restore;
}

absl::Status Restores::ReportZones(const stored::v1::RestoreRow& row, const NodeReports::Patience& patience,
                                   admin::v1::Restore& restore) {
  const std::unique_ptr<store::Reader> replica = controller_.replica().Snapshot();
  const absl::StatusOr<Roster> roster = ReadRoster(*replica);
  if (!roster.ok()) return roster.status();
  NodeFindings nodes(*roster, feed_.progress(), row);
  ZoneDifferences differences(*replica, row, nodes);
  reports_.Collect({}, nodes.connected(), patience, differences);
  nodes.Write(restore);
  differences.Write(restore);
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const admin::v1::RestoredNode& node : restore.nodes()) {
    if (node.reported()) told_.insert(node.name());
  }
  return absl::OkStatus();
}

absl::Status Restores::ReportRecords(const stored::v1::RestoreRow& row, const std::string& zone_id,
                                     const NodeReports::Patience& patience, admin::v1::Restore& restore) {
  const std::unique_ptr<store::Reader> replica = controller_.replica().Snapshot();
  const absl::StatusOr<Roster> roster = ReadRoster(*replica);
  if (!roster.ok()) return roster.status();
  NodeFindings nodes(*roster, feed_.progress(), row);
  absl::StatusOr<std::unique_ptr<RecordDifferences>> differences =
      RecordDifferences::Create(*replica, zone_id, nodes);
  if (!differences.ok()) return differences.status();
  reports_.Collect({.zone_id = zone_id, .depth = replication::v1::DEPTH_RECORDS}, nodes.connected(), patience,
                   **differences);
  if ((*differences)->nobody_has_it())
    return absl::NotFoundError(absl::StrCat("neither this controller nor a node has zone ", zone_id));
  nodes.Write(restore);
  (*differences)->Write(restore);
  return absl::OkStatus();
}

absl::StatusOr<admin::v1::Restore> Restores::Confirm(const Caller& caller,
                                                     const admin::v1::ConfirmRestoreRequest& request) {
  absl::StatusOr<stored::v1::RestoreRow> row = Row();
  if (!row.ok()) return row.status();
  if (row->confirm_time_us() == 0 && !request.force()) {
    if (absl::Status told = CheckTold(); !told.ok()) return told;
  }
  if (absl::Status confirmed = controller_.ConfirmRestore(caller); !confirmed.ok()) return confirmed;
  LogWarning("{} confirmed the restore{}: nodes lose what they have beyond it", caller.principal,
             request.force() ? " by force" : "");
  feed_.set_unsettled(false);
  row = Row();
  if (!row.ok()) return row.status();
  return Message(*row);
}

absl::Status Restores::CheckTold() const {
  const absl::StatusOr<Roster> roster = ReadRoster(controller_.replica());
  if (!roster.ok()) return roster.status();
  std::vector<std::string> silent;
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [id, node] : roster->nodes) {
    if (IsCounted(node.row) && !told_.contains(absl::StrCat("nodes/", id))) silent.push_back(id);
  }
  if (silent.empty()) return absl::OkStatus();
  const size_t count = silent.size();
  if (count > kNamedNodes) silent.resize(kNamedNodes);
  return absl::FailedPreconditionError(absl::StrCat(
      count, count == 1 ? " node has" : " nodes have", " not told yet what the restored state lacks: ",
      absl::StrJoin(silent, ", "), count > kNamedNodes ? ", …" : "",
      ". What to do: `quartet restore show` asks them; where one does not come back, "
      "`quartet restore confirm --force` goes on without, and what only it had is lost"));
}

}  // namespace quartet::controller
