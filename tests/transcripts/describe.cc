#include "tests/transcripts/describe.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/layout.h"

namespace quartet::tests {
namespace {

namespace v1 = replication::v1;
namespace layout = replication::layout;

// Where "zone id . generation" ends in a record's key.
constexpr size_t kRecordAt = 1 + layout::kZoneIdBytes + 8;

std::string DescribeEntry(const v1::NodeEntry& entry) {
  v1::ZoneDelta delta;
  const std::string head = absl::StrCat("[", entry.index(), " ", ShortId(entry.zone_id()));
  if (!delta.ParseFromString(entry.delta())) return absl::StrCat(head, " unreadable]");
  if (delta.has_abort()) return absl::StrCat(head, " abort of stage ", delta.abort().stage(), "]");
  std::string text =
      delta.has_chunk()
          ? absl::StrCat(head, " stage ", delta.chunk().stage(), " chunk ", delta.chunk().chunk())
          : absl::StrCat(head, " @", delta.prev_revision(), "->", delta.revision());
  if (delta.has_flip()) absl::StrAppend(&text, " by stage ", delta.flip().stage());
  if (!delta.has_chunk() && !delta.has_row()) return absl::StrCat(text, " gone]");
  for (const std::string& key : delta.removed_keys()) absl::StrAppend(&text, " -", key);
  for (const v1::ServedRecord& put : delta.puts()) absl::StrAppend(&text, " +", put.key(), "=", put.served());
  return absl::StrCat(text, "]");
}

std::string DescribeSpan(const v1::Span& span) {
  std::string text = absl::StrCat("span (", span.after().index(), ", ", span.upto().index(), "]");
  for (const v1::NodeEntry& entry : span.entries()) absl::StrAppend(&text, " ", DescribeEntry(entry));
  return text;
}

std::string DescribeInventory(const v1::InventoryPart& part) {
  std::string text = absl::StrCat("inventory as of ", part.as_of().index(), ":");
  for (const stored::v1::NodeZoneRow& row : part.zones()) {
    absl::StrAppend(&text, " ", ShortId(row.id()), "@", row.revision());
  }
  return absl::StrCat(text, part.zones().empty() ? " no zones" : "", part.last() ? ", last" : "");
}

std::string DescribeSnapshot(const v1::SnapshotPart& part) {
  std::string text = absl::StrCat("snapshot of ", ShortId(part.zone_id()), " as of ", part.as_of().index(),
                                  ", part ", part.part(), ":");
  for (const v1::ServedRecord& record : part.records()) {
    absl::StrAppend(&text, " ", record.key(), "=", record.served().substr(0, 16));
  }
  if (!part.last()) return text;
  absl::StrAppend(&text, ", last");
  if (!part.quarantined().empty()) return absl::StrCat(text, ", quarantined");
  return part.has_row() ? absl::StrCat(text, ", @", part.row().revision())
                        : absl::StrCat(text, ", not this nameserver's");
}

std::string DescribeInquiry(const v1::Inquiry& inquiry) {
  std::string text =
      absl::StrCat("inquiry ", inquiry.id(), ": ",
                   inquiry.zone_id().empty() ? std::string("all zones") : ShortId(inquiry.zone_id()));
  if (inquiry.depth() == v1::DEPTH_RECOMPUTED) absl::StrAppend(&text, ", recomputed");
  if (inquiry.depth() == v1::DEPTH_RECORDS) absl::StrAppend(&text, ", with its record sets");
  if (inquiry.depth() == v1::DEPTH_CONTENTS) absl::StrAppend(&text, ", with what its record sets hold");
  return inquiry.parts() == 0 ? text : absl::StrCat(text, ", at most ", inquiry.parts(), " parts");
}

std::string DescribeReport(const v1::ReportPart& part) {
  std::string text = absl::StrCat("report on inquiry ", part.inquiry(), ", part ", part.part(), ":");
  for (const v1::ZoneReport& zone : part.zones()) {
    absl::StrAppend(&text, " ", ShortId(zone.zone_id()), "@", zone.revision());
    if (!zone.recomputed_digest().empty())
      absl::StrAppend(&text, zone.recomputed_digest() == zone.digest() ? " as stated" : " not as stated");
    if (!zone.behind().empty()) absl::StrAppend(&text, " BEHIND");
  }
  for (const v1::RecordReport& record : part.records()) absl::StrAppend(&text, " ", record.key());
  if (!part.error().empty()) absl::StrAppend(&text, " error: ", part.error());
  return absl::StrCat(text, part.last() ? ", last" : "", part.more() ? ", more" : "");
}

std::string DescribeAcknowledgement(const v1::Acknowledgement& acknowledgement) {
  std::string text = absl::StrCat("acknowledge ", acknowledgement.index());
  for (const v1::ZoneException& exception : acknowledgement.exceptions()) {
    absl::StrAppend(&text, ", but ", ShortId(exception.zone_id()), " serves @", exception.served_revision(),
                    " (", exception.reason(), ")");
  }
  return text;
}

std::string DescribeMeta(const std::string& name, const std::string& value) {
  if (name == "node/cursor") return absl::StrCat("cursor ", layout::ReadBigEndian64(value.substr(8, 8)));
  if (name == "node/generation") return absl::StrCat("next generation ", layout::ReadBigEndian64(value));
  if (absl::StartsWith(name, "node/stage/")) {
    return absl::StrCat("stage of ", ShortId(name.substr(11)), ": generation ",
                        layout::ReadBigEndian64(value));
  }
  if (absl::StartsWith(name, "node/repair/")) return absl::StrCat("repair of ", ShortId(name.substr(20)));
  return name;
}

std::string DescribeLocal(const std::string& zone_id, const std::string& value) {
  stored::v1::ZoneLocalRow local;
  if (!local.ParseFromString(value)) return absl::StrCat(ShortId(zone_id), " unreadable");
  return absl::StrCat(ShortId(zone_id), " generation ", local.generation(),
                      local.behind().empty() ? "" : absl::StrCat(", BEHIND: ", local.behind()),
                      local.damaged() ? ", damaged" : "",
                      local.repair() == stored::v1::REPAIR_STATE_ALLOWED ? ", repair allowed" : "");
}

std::string DescribeStage(const std::string& value) {
  stored::v1::StageRow stage;
  if (!stage.ParseFromString(value)) return "?";
  return absl::StrCat(ShortId(stage.zone_id()), ": stage ", stage.stage(), " with ", stage.chunks(),
                      stage.chunks() == 1 ? " chunk" : " chunks", ", generation ", stage.generation());
}

std::string DescribeRecordKey(const std::string& key) {
  return absl::StrCat(ShortId(key.substr(1, layout::kZoneIdBytes)), "/",
                      layout::ReadBigEndian64(key.substr(1 + layout::kZoneIdBytes, 8)), "/",
                      key.substr(kRecordAt));
}

std::string DescribePut(const std::string& key, const std::string& value) {
  stored::v1::NodeZoneRow row;
  switch (key[0]) {
    case 'm':
      return absl::StrCat("put ", DescribeMeta(key.substr(1), value));
    case 'z':
      return row.ParseFromString(value) ? absl::StrCat("put row ", ShortId(row.id()), "@", row.revision())
                                        : "put ?";
    case 'g':
      return absl::StrCat("put local ", DescribeLocal(key.substr(1), value));
    case 's':
      return absl::StrCat("put import of ", DescribeStage(value));
    case 'r':
      return absl::StrCat("put record ", DescribeRecordKey(key));
    case 'd':
      return absl::StrCat("put name of ", ShortId(key.substr(key.size() - layout::kZoneIdBytes)));
    default:
      return "put ?";
  }
}

std::string DescribeDelete(const std::string& key) {
  switch (key[0]) {
    case 'm':
      if (absl::StartsWith(key, "mnode/repair/"))
        return absl::StrCat("delete repair of ", ShortId(key.substr(21)));
      return absl::StrCat(
          "delete ", absl::StartsWith(key, "mnode/stage/") ? "stage of " + ShortId(key.substr(12)) : key);
    case 'z':
      return absl::StrCat("delete row ", ShortId(key.substr(1)));
    case 'g':
      return absl::StrCat("delete local ", ShortId(key.substr(1)));
    case 's':
      return absl::StrCat("delete import of ", ShortId(key.substr(1)));
    case 'r':
      return absl::StrCat("delete record ", DescribeRecordKey(key));
    case 'd':
      return absl::StrCat("delete name of ", ShortId(key.substr(key.size() - layout::kZoneIdBytes)));
    default:
      return "delete ?";
  }
}

}  // namespace

std::string ShortId(const std::string& zone_id) {
  return zone_id.substr(0, zone_id.find_last_not_of('0') + 1);
}

std::string Describe(const v1::SubscribeRequest& message) {
  if (message.has_hello()) {
    return message.hello().has_cursor() ? absl::StrCat("hello, cursor ", message.hello().cursor().index())
                                        : "hello, no cursor";
  }
  if (message.has_acknowledgement()) return DescribeAcknowledgement(message.acknowledgement());
  if (message.has_fetch_zones()) {
    std::string zones;
    for (const std::string& id : message.fetch_zones().zone_ids()) absl::StrAppend(&zones, " ", ShortId(id));
    return absl::StrCat("fetch", zones);
  }
  if (message.has_credit()) return "credit";
  if (message.has_report_part()) return DescribeReport(message.report_part());
  return "sockets closed";
}

std::string Describe(const v1::SubscribeResponse& message) {
  if (message.welcome().unsettled()) return "welcome, unsettled";
  if (message.has_welcome())
    return message.welcome().resumed() ? "welcome, resumed" : "welcome, inventory follows";
  if (message.has_inventory_part()) return DescribeInventory(message.inventory_part());
  if (message.has_span()) return DescribeSpan(message.span());
  if (message.has_snapshot_part()) return DescribeSnapshot(message.snapshot_part());
  if (message.has_snapshot_parts()) {
    std::vector<std::string> parts;
    for (const std::string& bytes : message.snapshot_parts().parts()) {
      v1::SnapshotPart part;
      parts.push_back(part.ParseFromString(bytes) ? DescribeSnapshot(part) : "snapshot ?");
    }
    return absl::StrJoin(parts, "; ");
  }
  if (message.has_inquiry()) return DescribeInquiry(message.inquiry());
  if (message.has_allow_repair()) {
    const std::string& zone_id = message.allow_repair().zone_id();
    return absl::StrCat("allow ", zone_id.empty() ? "all stopped repairs" : "repair of " + ShortId(zone_id));
  }
  if (message.has_compare_zones()) {
    std::string text = "compare";
    for (const stored::v1::NodeZoneRow& row : message.compare_zones().zones())
      absl::StrAppend(&text, " ", ShortId(row.id()), "@", row.revision());
    return text;
  }
  return "drain";
}

std::string Describe(const replication::ZoneUpdate& update) {
  const std::string zone = ShortId(update.zone_id);
  std::string text = absl::StrCat("change ", zone, " to @", update.revision);
  switch (update.kind) {
    case replication::ZoneUpdate::Kind::kLoad:
      return absl::StrCat("load ", zone, "@", update.revision, " from generation ", update.generation);
    case replication::ZoneUpdate::Kind::kFail:
      return absl::StrCat("answer SERVFAIL for ", zone);
    case replication::ZoneUpdate::Kind::kRemove:
      return absl::StrCat("forget ", zone);
    case replication::ZoneUpdate::Kind::kRecords:
      break;
  }
  for (const replication::ZoneUpdate::Record& record : update.records) {
    absl::StrAppend(&text, record.served.has_value() ? absl::StrCat(" +", record.key, "=", *record.served)
                                                     : absl::StrCat(" -", record.key));
  }
  return text;
}

std::vector<std::string> Describe(const store::Batch& batch) {
  std::vector<std::string> lines;
  for (const store::Batch::Operation& operation : batch.operations()) {
    if (operation.kind == store::Batch::Operation::Kind::kPut) {
      lines.push_back(DescribePut(std::string(operation.key), std::string(operation.value)));
    } else if (operation.kind == store::Batch::Operation::Kind::kDelete) {
      lines.push_back(DescribeDelete(std::string(operation.key)));
    } else {
      lines.push_back(absl::StrCat("delete all of ", DescribeRecordKey(std::string(operation.key))));
    }
  }
  return lines;
}

}  // namespace quartet::tests
