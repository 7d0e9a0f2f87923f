// The record sets of one zone, as nodes have them, compared with those of a restored controller.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/reports/node_reports.h"
#include "controller/restore/first_items.h"
#include "controller/restore/node_findings.h"
#include "controller/restore/node_names.h"
#include "quartet/admin/v1/backup.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/digest/digest.h"
#include "replication/feed/secrets.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Told what nodes report (DEPTH_RECORDS, one zone). Bounds as ZoneDifferences's, for record sets.
class RecordDifferences : public NodeReports::Listener {
 public:
  static constexpr size_t kKept = 10'000;
  static constexpr size_t kCounted = 2'000'000;

  // `replica` and `nodes` must outlive it. DATA_LOSS: the zone can't be read here.
  static absl::StatusOr<std::unique_ptr<RecordDifferences>> Create(const store::Reader& replica,
                                                                   const std::string& zone_id,
                                                                   NodeFindings& nodes);

  absl::Status OnPart(const std::string& node, const quartet::replication::v1::ReportPart& part) override;
  void OnEnd(const std::string& node, const absl::Status& status) override;

  // Neither this controller nor any node that told has it.
  bool nobody_has_it() const { return !prefix_.has_value() && apex_.empty(); }
  void Write(admin::v1::Restore& restore) const;

 private:
  struct Differing {
    admin::v1::RestoredRecordSet::Kind kind = admin::v1::RestoredRecordSet::KIND_UNSPECIFIED;
    NodeNames nodes;
  };
  // A node that is telling.
  struct Telling {
    replication::Hasher hasher;
    // The record sets here, from where it is; null: there are none.
    std::unique_ptr<store::Iterator> here;
  };

  RecordDifferences(const store::Reader& replica, replication::DigestKeys keys, NodeFindings& nodes)
      : replica_(replica), keys_(std::move(keys)), nodes_(nodes) {}
  absl::Status Begin(const std::string& node, const quartet::replication::v1::ZoneReport& zone);
  // Those here before `key` (empty: all that are left) are not on the node.
  absl::Status PassedOver(const std::string& node, Telling& telling, absl::string_view key);
  absl::Status Compare(const std::string& node, Telling& telling,
                       const quartet::replication::v1::RecordReport& record);
  absl::Status Add(const std::string& node, admin::v1::RestoredRecordSet::Kind kind, absl::string_view key);

  const store::Reader& replica_;
  const replication::DigestKeys keys_;
  NodeFindings& nodes_;
  // Before the record keys of the zone here; nullopt: it is not here.
  std::optional<std::string> prefix_;
  // Wire format; of the controller, else of a node.
  std::string apex_;
  std::map<std::string, Telling> telling_;
  FirstItems<Differing> differing_{kKept, kCounted};
};

}  // namespace quartet::controller
