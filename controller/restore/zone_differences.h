// All zones of the nodes, compared with those of a restored controller.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "controller/reports/node_reports.h"
#include "controller/restore/first_items.h"
#include "controller/restore/node_findings.h"
#include "controller/restore/node_names.h"
#include "quartet/admin/v1/backup.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Told what nodes report (DEPTH_STATED, all zones), one part after the other; of the controller's zones it reads as many as
// the parts name. Memory: the first ten thousand zones that differ, and 18 bytes for each further one, up to two million.
class ZoneDifferences : public NodeReports::Listener {
 public:
  static constexpr size_t kKept = 10'000;
  static constexpr size_t kCounted = 2'000'000;

  // All must outlive it.
  ZoneDifferences(const store::Reader& replica, const stored::v1::RestoreRow& restore, NodeFindings& nodes)
      : replica_(replica), restore_(restore), nodes_(nodes) {}

  absl::Status OnPart(const std::string& node, const quartet::replication::v1::ReportPart& part) override;
  void OnEnd(const std::string& node, const absl::Status& status) override;

  // The zones that differ, and how many there are.
  void Write(admin::v1::Restore& restore) const;

 private:
  struct Differing {
    std::string name;
    admin::v1::RestoredZone::Kind kind = admin::v1::RestoredZone::KIND_UNSPECIFIED;
    uint64_t revision = 0;
    uint64_t node_revision = 0;
    NodeNames nodes;
  };
  using ZoneReport = quartet::replication::v1::ZoneReport;

  // The controller's zones of the node's nameserver that come before `zone_id` (empty: all that are left) were not told.
  absl::Status PassedOver(const std::string& node, absl::string_view zone_id);
  absl::Status Compare(const std::string& node, const ZoneReport& zone);
  absl::Status Add(const std::string& node, admin::v1::RestoredZone::Kind kind, const std::string& zone_id,
                   const std::string& name, uint64_t revision, uint64_t node_revision);

  const store::Reader& replica_;
  const stored::v1::RestoreRow& restore_;
  NodeFindings& nodes_;
  // Of each node that is telling: its nameserver's zones here, from where it is.
  std::map<std::string, std::unique_ptr<store::Iterator>> assigned_;
  FirstItems<Differing> differing_{kKept, kCounted};
};

}  // namespace quartet::controller
