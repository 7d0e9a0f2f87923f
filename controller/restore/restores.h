// What is to be decided after a restore: the report of what the nodes have ahead of it, and its confirmation.
// BackupService.GetRestore and ConfirmRestore without their network.
#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/core.h"
#include "controller/reports/node_reports.h"
#include "quartet/admin/v1/backup.pb.h"
#include "quartet/stored/v1/restore.pb.h"
#include "replication/feed/progress.h"

namespace quartet::controller {

// Thread-safe. One report is made at a time; memory is that of ZoneDifferences and NodeReports.
class Restores {
 public:
  // Of the feed.
  struct Feed {
    std::function<std::vector<replication::NodeProgress>()> progress;
    std::function<void(bool unsettled)> set_unsettled;
  };

  // Both must outlive it. Before the server starts: if the replica was restored and is not confirmed the feed becomes
  // unsettled.
  Restores(Controller& controller, NodeReports& reports, Feed feed);

  // Errors: those of GetRestore; DEADLINE_EXCEEDED: another report was being made until `patience` was over; NOT_FOUND:
  // nobody has the zone that is asked for.
  absl::StatusOr<admin::v1::Restore> Get(const admin::v1::GetRestoreRequest& request,
                                         const NodeReports::Patience& patience);
  // Unless forced: every counted node has told all it has to a Get, in this process, so that the operator could see it.
  absl::StatusOr<admin::v1::Restore> Confirm(const Caller& caller,
                                             const admin::v1::ConfirmRestoreRequest& request);

 private:
  absl::StatusOr<stored::v1::RestoreRow> Row() const;
  absl::Status ReportZones(const stored::v1::RestoreRow& row, const NodeReports::Patience& patience,
                           admin::v1::Restore& restore);
  absl::Status ReportRecords(const stored::v1::RestoreRow& row, const std::string& zone_id,
                             const NodeReports::Patience& patience, admin::v1::Restore& restore);
  absl::Status CheckTold() const;

  Controller& controller_;
  NodeReports& reports_;
  const Feed feed_;
  // Held while a report is made.
  std::timed_mutex reporting_;
  mutable std::mutex mutex_;
  // Nodes that have told all their zones.
  std::set<std::string> told_;
};

}  // namespace quartet::controller
