#include "controller/verify/verify_messages.h"

#include <algorithm>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "controller/zones/zone_edit.h"
#include "dns/name/canonical_key.h"
#include "dns/rdata/type.h"
#include "replication/digest/digest.h"
#include "replication/record/record_key.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using admin::v1::RecordSetDifference;
using admin::v1::ZoneDifference;
using Record = RecordSetComparison::Difference;

constexpr size_t kListed = 1000;

std::string Hex(const std::string& digest) { return replication::Digest::FromBytes(digest).ToHex(); }

// `own`: of the controller's copy against a node's, so that what the node has too much is missing here.
RecordSetDifference::Kind KindOf(Record::Kind kind, bool own) {
  switch (kind) {
    case Record::Kind::kMissing:
      return own ? RecordSetDifference::KIND_EXTRA : RecordSetDifference::KIND_MISSING;
    case Record::Kind::kExtra:
      return own ? RecordSetDifference::KIND_MISSING : RecordSetDifference::KIND_EXTRA;
    default:
      return RecordSetDifference::KIND_OTHER;
  }
}

void AddRecordSets(const VerifyContext& context, const std::string& zone_id,
                   const std::vector<Record>& records, uint64_t total, bool own, ZoneDifference& difference) {
  difference.set_record_sets_total(total);
  const auto row = replication::FullView(context.store).Zone(zone_id);
  const absl::StatusOr<dns::Name> apex =
      row.ok() && row->has_value() ? ApexOf(**row) : absl::NotFoundError("there is no such zone");
  for (size_t i = 0; i < std::min(records.size(), kListed); ++i) {
    RecordSetDifference& record = *difference.add_record_sets();
    record.set_kind(KindOf(records[i].kind, own));
    const auto parts = replication::SplitRecordKey(records[i].key);
    const auto owner = parts.ok() && apex.ok() ? dns::NameFromCanonicalKey(parts->owner_key, *apex)
                                               : absl::InvalidArgumentError("no record key");
    // A key that no record set can have is damage too.
    record.set_owner(owner.ok() ? owner->ToString() : absl::CHexEscape(records[i].key));
    record.set_type(parts.ok() ? dns::TypeName(parts->type) : "-");
  }
}

ZoneDifference Begin(const VerifyContext& context, const std::string& zone_id) {
  ZoneDifference difference;
  difference.set_zone(absl::StrCat("zones/", zone_id));
  difference.set_domain_name(ZoneName(context.store, zone_id));
  return difference;
}

}  // namespace

ZoneDifference OwnDifference(const VerifyContext& context, const ZoneInspection& inspection) {
  const replication::ZoneOnDisk& zone = inspection.zone;
  ZoneDifference difference = Begin(context, zone.zone_id);
  difference.set_replica(context.controller);
  difference.set_kind(ZoneDifference::KIND_DAMAGED);
  difference.set_revision(zone.revision);
  if (!zone.parts.empty()) {
    difference.set_digest(zone.parts[0].digest.ToHex());
    difference.set_replica_digest(inspection.served.ToHex());
  }
  difference.set_reason(inspection.fault);
  difference.set_record_sets_problem("it is compared with a node's copy only to be repaired (--repair)");
  return difference;
}

void AddOwnRepair(const VerifyContext& context, const std::string& zone_id, const OwnRepair& repair,
                  ZoneDifference& difference) {
  difference.clear_record_sets_problem();
  if (!repair.status.ok()) {
    difference.set_repair(ZoneDifference::REPAIR_REFUSED);
    difference.set_repair_problem(std::string(repair.status.message()));
    return;
  }
  difference.set_repair(ZoneDifference::REPAIR_DONE);
  difference.set_repair_source(absl::StrCat("nodes/", repair.source));
  AddRecordSets(context, zone_id, repair.record_sets, repair.record_sets_total, true, difference);
}

ZoneDifference NodeDifference(const VerifyContext& context, const std::string& zone_id,
                              const std::string& node, const ComparedZone& zone, bool own_damaged) {
  ZoneDifference difference = Begin(context, zone_id);
  difference.set_replica(absl::StrCat("nodes/", node));
  difference.set_reason(zone.judgement.reason);
  if (zone.expected.has_value()) {
    difference.set_revision(zone.expected->revision());
    difference.set_digest(Hex(zone.expected->served_digest()));
  }
  if (zone.report.has_value()) {
    const auto& report = *zone.report;
    if (!zone.expected.has_value()) difference.set_revision(report.revision());
    difference.set_replica_digest(
        Hex(report.recomputed_digest().empty() ? report.digest() : report.recomputed_digest()));
  }
  switch (zone.judgement.kind) {
    case Judgement::Kind::kMissing:
      difference.set_kind(ZoneDifference::KIND_MISSING);
      return difference;
    case Judgement::Kind::kExtra:
      difference.set_kind(ZoneDifference::KIND_EXTRA);
      return difference;
    case Judgement::Kind::kDamaged:
      difference.set_kind(ZoneDifference::KIND_DAMAGED);
      break;
    default:
      difference.set_kind(ZoneDifference::KIND_DIFFERS);
      break;
  }
  if (own_damaged) {
    difference.set_record_sets_problem("this controller's own copy is damaged");
  } else if (zone.record_sets_total == 0) {
    difference.set_record_sets_problem(zone.judgement.kind == Judgement::Kind::kDamaged
                                           ? "the node found it itself, and fetches the zone anew"
                                           : "only the zone's rows differ");
  } else {
    AddRecordSets(context, zone_id, zone.record_sets, zone.record_sets_total, false, difference);
  }
  return difference;
}

}  // namespace quartet::controller
