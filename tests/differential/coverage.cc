#include "tests/differential/coverage.h"

#include <algorithm>

namespace quartet::differential {
namespace {

using dns::Type;

// Higher types have no names anywhere (RFC 6895 §3.1: private use).
constexpr uint16_t kFirstPrivateType = 65280;

absl::string_view EndOf(const Zone& zone, const Step& last) {
  const bool has_records = zone.names.count(last.node) != 0;
  switch (last.stop) {
    case Stop::kAnswer:
      return last.wildcard ? "wildcard answers" : "records answer";
    case Stop::kNoData:
      if (has_records) return last.wildcard ? "wildcard without the type" : "no data";
      return last.wildcard ? "wildcard that is an empty non-terminal" : "empty non-terminal";
    case Stop::kNxDomain:
      return "no such name";
    case Stop::kCut:
      return has_records && zone.names.count(last.name) != 0 && last.name != last.node ? "occluded data"
                                                                                       : "referral";
    case Stop::kOutside:
      return "chain out of the zone";
    case Stop::kKnown:
      return "loop";
    case Stop::kTooLong:
      return "name too long by a DNAME";
    default:
      return "alias asked for";
  }
}

void AddOfWay(const Case& of, std::set<absl::string_view>* classes) {
  const auto has = [&](Stop stop, bool wildcard) {
    return std::any_of(of.walk.begin(), of.walk.end(),
                       [&](const Step& step) { return step.stop == stop && (step.wildcard || !wildcard); });
  };
  classes->insert(EndOf(*of.zone, of.walk.back()));
  if (has(Stop::kAlias, false)) classes->insert("CNAME followed");
  if (has(Stop::kAlias, true)) classes->insert("CNAME of a wildcard");
  if (has(Stop::kDname, false)) classes->insert("DNAME followed");
  if (has(Stop::kAlias, false) && has(Stop::kDname, false)) classes->insert("chain over CNAME and DNAME");
}

void AddOfName(const Case& of, std::set<absl::string_view>* classes) {
  for (size_t i = 0; i < of.name.label_count(); ++i) {
    if (of.name.label(i) == "*") classes->insert(i == 0 ? "asterisk asked for" : "asterisk within the name");
  }
  if (of.question.type != Type::kDs) return;
  const bool cut = of.zone->apex != of.name && of.zone->Find(of.name, Type::kNs) != nullptr;
  const bool apex = std::any_of(of.world.zones().begin(), of.world.zones().end(),
                                [&](const Zone& zone) { return zone.apex == of.name; });
  if (cut) classes->insert(apex ? "DS at a cut to a zone served here" : "DS at a cut");
  if (apex) classes->insert("DS at an apex");
}

void AddOfReply(const Reply& ours, std::set<absl::string_view>* classes) {
  if (ours.truncated) classes->insert("truncated");
  if (!IsReferral(ours)) return;
  const std::string& cut = ours.authority.begin()->owner;
  for (const Record& record : ours.additional) {
    const bool below = record.owner.size() >= cut.size() &&
                       record.owner.compare(record.owner.size() - cut.size(), cut.size(), cut) == 0;
    classes->insert(below ? "glue" : "sibling glue");
  }
}

}  // namespace

std::set<absl::string_view> ClassesOf(const Case& of) {
  std::set<absl::string_view> classes;
  if (of.question.record_class != dns::Class::kIn) return {"another class"};
  if (of.zone == nullptr) return {"no zone"};
  AddOfWay(of, &classes);
  AddOfName(of, &classes);
  AddOfReply(of.replies[kOurs], &classes);
  if (of.question.type == Type::kAny) classes.insert("ANY");
  if (static_cast<uint16_t>(of.question.type) >= kFirstPrivateType) classes.insert("unknown type");
  if (of.question.mixed_case) classes.insert("letters in random case");
  if (of.world.zones().size() > 1) classes.insert("zones below each other");
  if (of.question.other_version) classes.insert("EDNS version 1");
  return classes;
}

}  // namespace quartet::differential
