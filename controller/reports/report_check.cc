#include "controller/reports/report_check.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

using replication::v1::RecordReport;
using replication::v1::ReportPart;
using replication::v1::ZoneReport;

constexpr size_t kDigestBytes = 16;
constexpr size_t kMaxName = 255;

bool IsDigest(const std::string& bytes) { return bytes.empty() || bytes.size() == kDigestBytes; }

absl::Status Broken(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("its report is none: ", what));
}

}  // namespace

absl::Status ReportCheck::Check(const ReportPart& part) {
  if (part.part() == 0) {
    zones_in_page_ = 0;
    moved_in_page_ = false;
  }
  for (const ZoneReport& zone : part.zones()) {
    if (absl::Status status = CheckZone(zone); !status.ok()) return status;
  }
  for (const RecordReport& record : part.records()) {
    if (absl::Status status = CheckRecord(record); !status.ok()) return status;
  }
  if (!part.error().empty()) {
    return absl::AbortedError(
        absl::StrCat("it could not tell all: ", absl::CHexEscape(part.error().substr(0, kMaxText))));
  }
  if (part.last() && part.more() && !moved_in_page_) return Broken("a page of nothing, and more to come");
  if (!part.last() && part.part() + 1 >= next_.parts()) return Broken("a page is longer than was asked for");
  return absl::OkStatus();
}

absl::Status ReportCheck::CheckZone(const ZoneReport& zone) {
  if (zone.zone_id().size() != replication::layout::kZoneIdBytes) return Broken("a zone without an id");
  if (zone.name().size() > kMaxName || zone.behind().size() > kMaxText || !IsDigest(zone.digest()) ||
      !IsDigest(zone.recomputed_digest())) {
    return Broken("a zone with a field of no such size");
  }
  if (!next_.zone_id().empty()) {
    if (zone.zone_id() != next_.zone_id() || ++zones_in_page_ > 1)
      return Broken("a zone that was not asked for");
    return absl::OkStatus();
  }
  if (zone.zone_id() <= next_.after()) return Broken("zones out of order");
  next_.set_after(zone.zone_id());
  moved_in_page_ = true;
  return absl::OkStatus();
}

absl::Status ReportCheck::CheckRecord(const RecordReport& record) {
  if (next_.depth() != replication::v1::DEPTH_RECORDS && next_.depth() != replication::v1::DEPTH_CONTENTS)
    return Broken("record sets that were not asked for");
  if (record.key().empty() || record.key().size() > kMaxText || record.digest().size() != kDigestBytes) {
    return Broken("a record set with a field of no such size");
  }
  if (record.key() <= next_.after()) return Broken("record sets out of order");
  next_.set_after(record.key());
  moved_in_page_ = true;
  return absl::OkStatus();
}

}  // namespace quartet::controller
