#include "controller/reports/test_nodes.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace quartet::controller {

using replication::v1::Inquiry;
using replication::v1::ReportPart;

std::string TestZoneId(int number) { return absl::StrFormat("Z%013d", number); }

replication::v1::ZoneReport TestZone(int number, uint64_t revision, char digest) {
  replication::v1::ZoneReport zone;
  zone.set_zone_id(TestZoneId(number));
  zone.set_name(std::string("\1z\0", 3));
  zone.set_revision(revision);
  zone.set_digest(std::string(16, digest));
  return zone;
}

absl::Status TestNodes::Inquire(const std::string& node, const Inquiry& inquiry) {
  const auto found = nodes.find(node);
  if (found == nodes.end()) {
    return absl::FailedPreconditionError(absl::StrCat("node ", node, " is not connected"));
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    asked_[node].push_back(inquiry);
  }
  if (found->second.silent) return absl::OkStatus();
  if (found->second.lies.empty()) {
    Answer(node, found->second, inquiry);
    return absl::OkStatus();
  }
  for (ReportPart lie : found->second.lies) {
    lie.set_inquiry(inquiry.id());
    reports->OnReport(node, lie);
  }
  return absl::OkStatus();
}

void TestNodes::Answer(const std::string& name, const Node& node, const Inquiry& inquiry) {
  const bool contents = inquiry.depth() == replication::v1::DEPTH_CONTENTS;
  const bool of_records = contents || inquiry.depth() == replication::v1::DEPTH_RECORDS;
  std::vector<ReportPart> parts(1);
  parts.back().MergeFrom(node.cursor);
  size_t in_part = 0;
  const auto make_room = [&] {
    if (in_part++ < node.part) return;
    parts.emplace_back();
    in_part = 1;
  };
  for (const auto& [id, zone] : node.zones) {
    if (!inquiry.zone_id().empty() ? id != inquiry.zone_id() : id <= inquiry.after()) continue;
    if (!of_records) make_room();
    *parts.back().add_zones() = zone;
  }
  if (const auto records = node.records.find(inquiry.zone_id());
      of_records && records != node.records.end()) {
    for (const auto& [key, digest] : records->second) {
      if (key <= inquiry.after()) continue;
      make_room();
      replication::v1::RecordReport& record = *parts.back().add_records();
      record.set_key(key);
      record.set_digest(digest);
      if (contents) record.set_served(node.served.at(inquiry.zone_id()).at(key));
    }
  }
  const bool more = inquiry.parts() != 0 && parts.size() > inquiry.parts();
  if (more) parts.resize(inquiry.parts());
  parts.back().set_last(true);
  parts.back().set_more(more);
  for (size_t i = 0; i < parts.size(); ++i) {
    parts[i].set_inquiry(inquiry.id());
    parts[i].set_part(static_cast<uint32_t>(i));
    reports->OnReport(name, parts[i]);
  }
}

absl::Status TestNodes::AllowRepair(const std::string&, const std::string&) {
  return absl::UnimplementedError("these nodes repair nothing");
}

absl::Status TestNodes::CompareZones(const std::string&, const replication::v1::CompareZones&) {
  return absl::UnimplementedError("these nodes compare nothing");
}

std::vector<Inquiry> TestNodes::asked(const std::string& node) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = asked_.find(node);
  return found == asked_.end() ? std::vector<Inquiry>() : found->second;
}

}  // namespace quartet::controller
