// What is said of each node in the report of a restore.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "controller/roster/roster.h"
#include "quartet/admin/v1/backup.pb.h"
#include "quartet/replication/v1/feed.pb.h"
#include "quartet/stored/v1/restore.pb.h"
#include "replication/feed/progress.h"

namespace quartet::controller {

// Not thread-safe.
class NodeFindings {
 public:
  // All nodes of `roster` but drained ones. `restore` must outlive it.
  NodeFindings(const Roster& roster, const std::vector<replication::NodeProgress>& progress,
               const stored::v1::RestoreRow& restore);

  // Those that can be asked.
  std::vector<std::string> connected() const;
  // Empty if there is no such node.
  std::string NameserverOf(const std::string& node) const;

  // The cursor of a node's first part. It may have none.
  void Cursor(const std::string& node, const quartet::replication::v1::ReportPart& part);
  void Ended(const std::string& node, const absl::Status& status);

  // Whether it has seen all that is restored, and perhaps more: then what it lacks, it has lost since.
  bool HasSeenAll(const std::string& node) const;

  // In order of their names.
  void Write(admin::v1::Restore& restore) const;

 private:
  const stored::v1::RestoreRow& restore_;
  std::map<std::string, admin::v1::RestoredNode> nodes_;
  // Whose first part has come.
  std::map<std::string, bool> seen_all_;
};

}  // namespace quartet::controller
