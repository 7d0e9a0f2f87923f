// One zone in several nodes, compared with the controller's to the record set.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "controller/verify/context.h"
#include "controller/verify/record_set_comparison.h"
#include "controller/verify/zone_judgement.h"
#include "quartet/replication/v1/feed.pb.h"

namespace quartet::controller {

// What one node has.
struct ComparedZone {
  // Not OK: it was not asked to the end, and why.
  absl::Status status;
  Judgement judgement;
  // Absent: it has not the zone. Its recomputed digest is what its record sets, one by one, add up to.
  std::optional<quartet::replication::v1::ZoneReport> report;
  // At which it was compared.
  std::optional<stored::v1::NodeZoneRow> expected;
  // The first thousand, and how many there are.
  std::vector<RecordSetComparison::Difference> record_sets;
  uint64_t record_sets_total = 0;
};

// So often a node is asked while entries may be on their way, with a pause between.
inline constexpr int kCompareTries = 20;

// Asks `nodes` (DEPTH_RECORDS), each again while its zone is at another revision than the controller's. Memory: the
// differences of all nodes, a thousand each.
std::map<std::string, ComparedZone> CompareZone(const VerifyContext& context, const std::string& zone_id,
                                                const std::vector<std::string>& nodes, int tries);

}  // namespace quartet::controller
