// What all nodes say of all their zones, against the controller's rows: the first look, which sorts out what is as it
// should be.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "controller/reports/node_reports.h"
#include "controller/verify/context.h"
#include "controller/verify/zone_comparison.h"
#include "controller/verify/zone_judgement.h"
#include "quartet/replication/v1/feed.pb.h"

namespace quartet::controller {

// Not thread-safe. Memory: a page of ids for each node that is asked, and what is to be looked at again.
class AllZonesPass : private NodeReports::Listener {
 public:
  // Zones of a node that are to be looked at again; more of them are told as uncompared.
  static constexpr size_t kMaxAgain = 1000;

  // What they return, if not OK, ends the pass.
  struct Callbacks {
    // A zone of a node is as it should be.
    std::function<absl::Status()> compared;
    // An empty zone id: all of the node.
    std::function<absl::Status(const std::string& zone_id, const std::string& node,
                               const std::string& reason)>
        uncompared;
    // The node found it so itself, and repairs it: there is nothing to look at again.
    std::function<absl::Status(const std::string& zone_id, const std::string& node, const ComparedZone& zone)>
        damaged;
  };

  AllZonesPass(const VerifyContext& context, Callbacks callbacks)
      : context_(context), callbacks_(std::move(callbacks)) {}

  // `deep`: nodes read all from their disks.
  absl::Status Run(bool deep);

  // By zone: the nodes in which it may differ.
  std::map<std::string, std::vector<std::string>> TakeAgain() { return std::move(again_); }

 private:
  struct Node {
    // Zones that should be its own, behind `last`, and the last of those that were read.
    std::deque<std::string> own;
    std::string read_upto;
    bool read_all = false;
    size_t again = 0;
  };

  absl::Status OnPart(const std::string& node, const quartet::replication::v1::ReportPart& part) override;
  void OnEnd(const std::string& node, const absl::Status& status) override;
  absl::Status Take(const store::Reader& reader, const std::string& node,
                    const quartet::replication::v1::ZoneReport& zone);
  // Its zones before `zone_id` (empty: all the rest) are missing.
  absl::Status MissingBefore(const store::Reader& reader, const std::string& node,
                             const std::string& zone_id);
  absl::Status Again(const std::string& zone_id, const std::string& node);

  const VerifyContext& context_;
  const Callbacks callbacks_;
  std::map<std::string, Node> nodes_;
  std::map<std::string, std::vector<std::string>> again_;
  absl::Status ended_;
};

}  // namespace quartet::controller
