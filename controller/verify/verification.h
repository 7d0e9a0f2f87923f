// `quartet verify`: all replicas compared, now. docs/repair.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "controller/inspection/zone_inspection.h"
#include "controller/verify/context.h"
#include "controller/verify/zone_comparison.h"
#include "quartet/admin/v1/verify.pb.h"

namespace quartet::controller {

// One run. Not thread-safe; blocks its thread. Memory: what is to be looked at again, at most 1,000 zones of each node
// (more of them are told as uncompared), and the pages of NodeReports; however many zones there are and whatever nodes
// say.
class Verification {
 public:
  // `zone_id` empty: all zones. `context` must outlive it.
  Verification(const VerifyContext& context, const std::string& zone_id, bool deep, bool repair)
      : context_(context), zone_id_(zone_id), deep_(deep), repair_(repair) {}

  // CANCELLED: nobody listens any more; else what the store says.
  absl::Status Run();

 private:
  // This controller's own copies. Those that are damaged are in damaged_.
  absl::Status InspectAll();
  absl::Status InspectOne(const std::string& zone_id);
  // What nodes say of all their zones; what is not as it should be is to be looked at again.
  absl::Status AskAll();
  // Zones of nodes, to the record set.
  absl::Status LookAt(const std::string& zone_id, const std::vector<std::string>& nodes);
  absl::Status RepairOwn();

  // Each tells something, and counts it. CANCELLED: nobody listens.
  absl::Status Tell(const admin::v1::VerifyResponse& response);
  absl::Status TellProgress(bool now);
  absl::Status TellUncompared(const std::string& zone_id, const std::string& node, const std::string& reason);
  absl::Status TellDifference(const std::string& zone_id, const std::string& node, const ComparedZone& zone);
  absl::Status TellSummary();
  absl::Status Compared(const std::string& zone_id, const std::string& node, const ComparedZone& zone);
  // Asks the node to make it right.
  void Repair(const std::string& zone_id, const std::string& node, const ComparedZone& zone,
              admin::v1::ZoneDifference& difference);
  std::vector<std::string> NodesOf(const std::string& zone_id) const;

  const VerifyContext& context_;
  const std::string zone_id_;
  const bool deep_;
  const bool repair_;
  admin::v1::VerifySummary summary_;
  admin::v1::VerifyProgress progress_;
  NodeReports::Steady::time_point progress_told_ = {};
  // In this controller.
  std::map<std::string, ZoneInspection> damaged_;
  // Zones to be looked at again, and in which nodes.
  std::map<std::string, std::vector<std::string>> again_;
  // Zones of a node that were at another revision to the last: with too many of them it does not keep up.
  std::map<std::string, int> never_settled_;
  // The same, and those that it has not, or has and should not, to the last.
  std::map<std::string, int> stayed_;
};

}  // namespace quartet::controller
