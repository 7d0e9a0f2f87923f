#include "tests/differential/comparison.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace quartet::differential {
namespace {

constexpr size_t kHeaderSize = 12;

std::string LowerWire(const dns::Name& name) {
  const dns::Name lower = name.ToLower();
  return std::string(lower.wire().begin(), lower.wire().end());
}

// Both in lower-case wire format. A suffix that begins at a label: length octets are no letters, but data may be.
bool IsWithin(const std::string& name, const std::string& ancestor) {
  for (size_t at = 0; at < name.size(); at += static_cast<uint8_t>(name[at]) + size_t{1}) {
    if (name.compare(at, std::string::npos, ancestor) == 0) return true;
  }
  return false;
}

bool OnlyApexNs(const Records& authority, const Zone* zone) {
  if (zone == nullptr) return false;
  const std::string apex = LowerWire(zone->apex);
  return std::all_of(authority.begin(), authority.end(), [&](const Record& record) {
    return record.type == dns::Type::kNs && record.owner == apex;
  });
}

bool Holds(const Zone& zone, const Record& record) {
  const auto owner =
      dns::Name::FromWire({reinterpret_cast<const uint8_t*>(record.owner.data()), record.owner.size()});
  const dns::RecordSet* set = owner.ok() ? zone.Find(*owner, record.type) : nullptr;
  if (set == nullptr) return false;
  return std::any_of(set->records().begin(), set->records().end(), [&](const dns::RecordData& data) {
    return std::string(data.wire().begin(), data.wire().end()) == record.data;
  });
}

std::string AboutWhat(const Essence& a, const Essence& b) {
  std::string what;
  if (a.missing != b.missing) what += " missing";
  if (a.malformed != b.malformed) what += " malformed";
  if (a.rcode != b.rcode) what += " rcode";
  if (a.authoritative != b.authoritative) what += " AA";
  if (a.truncated != b.truncated) what += " TC";
  if (a.answer != b.answer) what += " answer";
  if (a.authority != b.authority) what += " authority";
  if (a.glue != b.glue) what += " glue";
  return what;
}

}  // namespace

bool IsReferral(const Reply& reply) {
  return reply.answer.empty() && !reply.authoritative && reply.rcode == dns::Rcode::kNoError &&
         std::any_of(reply.authority.begin(), reply.authority.end(),
                     [](const Record& record) { return record.type == dns::Type::kNs; });
}

Essence EssenceOf(const Case& of, const Reply& reply) {
  Essence essence = {
      reply.rcode, reply.authoritative, reply.truncated, reply.missing, reply.malformed, {}, {}, {}};
  if (reply.truncated) return essence;
  essence.answer = reply.answer;
  if (reply.answer.empty() || !OnlyApexNs(reply.authority, of.zone)) essence.authority = reply.authority;
  if (!IsReferral(reply) || of.zone == nullptr) return essence;
  const std::string& cut = reply.authority.begin()->owner;
  for (const Record& record : reply.additional) {
    if (IsWithin(record.owner, cut) && Holds(*of.zone, record)) essence.glue.insert(record);
  }
  return essence;
}

std::string FaultOfOurs(const Case& of, const std::vector<uint8_t>& query,
                        const std::vector<uint8_t>& answer) {
  const Reply& reply = of.replies[kOurs];
  if (reply.missing) return "no answer";
  if (reply.malformed || reply.repeats) return "malformed, or a record twice";
  const size_t question = of.name.wire().size() + 4;
  if (answer.size() < kHeaderSize + question ||
      !std::equal(query.begin() + kHeaderSize, query.begin() + kHeaderSize + question,
                  answer.begin() + kHeaderSize)) {
    return "the question is not repeated to the letter";
  }
  if (!of.question.tcp && answer.size() > of.question.UdpLimit()) return "too long";
  if (reply.recursion_available) return "RA";
  if (reply.edns != of.question.edns) return "OPT without one in the query, or none with one";
  for (const Record& record : reply.additional) {
    if (of.zone == nullptr || !Holds(*of.zone, record))
      return absl::StrCat("not in the zone: ", record.ToString());
  }
  return "";
}

std::string DifferenceAmong(const Case& of, unsigned counted) {
  std::vector<std::pair<Essence, std::string>> groups;
  for (size_t i = 0; i < of.replies.size(); ++i) {
    if ((counted >> i & 1) == 0) continue;
    Essence essence = EssenceOf(of, of.replies[i]);
    const auto same =
        std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.first == essence; });
    if (same == groups.end()) {
      groups.emplace_back(std::move(essence), of.servers[i]);
    } else {
      absl::StrAppend(&same->second, " ", of.servers[i]);
    }
  }
  if (groups.size() < 2) return "";
  std::string text = groups[0].second;
  std::string what;
  for (size_t i = 1; i < groups.size(); ++i) {
    absl::StrAppend(&text, " | ", groups[i].second);
    absl::StrAppend(&what, AboutWhat(groups[0].first, groups[i].first));
  }
  return absl::StrCat(text, ":", what);
}

}  // namespace quartet::differential
