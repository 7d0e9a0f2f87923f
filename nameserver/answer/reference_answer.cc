#include "nameserver/answer/reference_answer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace quartet::nameserver {
namespace {

// Aliases followed in one answer.
constexpr size_t kMaxChain = 16;

std::string Line(const dns::Name& owner, uint32_t ttl, const dns::RecordData& data) {
  return absl::StrCat(owner.ToLower().ToString(), " ", ttl, " ", dns::TypeName(data.type()), " ",
                      data.ToString());
}

void Add(const dns::RecordSet& set, const dns::Name& owner, std::set<std::string>* lines) {
  for (const dns::RecordData& data : set.records()) lines->insert(Line(owner, set.ttl(), data));
}

bool HasHosts(dns::Type type) {
  return type == dns::Type::kNs || type == dns::Type::kMx || type == dns::Type::kSrv;
}

dns::RecordData MakeCname(const dns::Name& target) {
  return *dns::RecordData::FromWire(dns::Type::kCname, target.wire());
}

}  // namespace

ReferenceZone::ReferenceZone(dns::Name apex, const std::vector<dns::RecordSet>& record_sets)
    : apex_(std::move(apex)) {
  for (const dns::RecordSet& set : record_sets) names_[set.owner()].emplace(set.type(), set);
}

const ReferenceZone::Sets* ReferenceZone::At(const dns::Name& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : &found->second;
}

const dns::RecordSet* ReferenceZone::At(const dns::Name& name, dns::Type type) const {
  const Sets* sets = At(name);
  if (sets == nullptr) return nullptr;
  const auto found = sets->find(type);
  return found == sets->end() ? nullptr : &found->second;
}

bool ReferenceZone::Exists(const dns::Name& name) const {
  return std::any_of(names_.begin(), names_.end(),
                     [&](const auto& entry) { return entry.first.IsWithin(name); });
}

std::vector<dns::Name> ReferenceZone::WayTo(const dns::Name& name) const {
  std::vector<dns::Name> way;
  for (size_t n = name.label_count() - apex_.label_count() + 1; n-- > 0;) way.push_back(name.Ancestor(n));
  return way;
}

bool ReferenceZone::IsCovered(const dns::Name& name) const {
  for (const dns::Name& node : WayTo(name)) {
    if (node != apex_ && At(node, dns::Type::kNs) != nullptr) return true;
    if (node != name && At(node, dns::Type::kDname) != nullptr) return true;
  }
  return false;
}

void ReferenceZone::AddAddresses(const dns::RecordSet& hosts, bool referral, ReferenceAnswer* out) const {
  for (const dns::RecordData& data : hosts.records()) {
    const dns::Name host = data.Names().front();
    if (!host.IsWithin(apex_) || (!referral && IsCovered(host))) continue;
    for (const dns::Type type : {dns::Type::kA, dns::Type::kAaaa}) {
      const dns::RecordSet* set = At(host, type);
      if (set != nullptr) Add(*set, host, &out->additional);
    }
  }
}

void ReferenceZone::AddNegative(ReferenceAnswer* out) const {
  const dns::RecordSet& soa = *At(apex_, dns::Type::kSoa);
  const uint32_t ttl = std::min(soa.ttl(), dns::ReadSoa(soa.records().front()).minimum);
  out->authority.insert(Line(apex_, ttl, soa.records().front()));
}

ReferenceAnswer ReferenceZone::Answer(const dns::Name& question, dns::Type type) const {
  ReferenceAnswer out;
  dns::Name name = question;
  std::set<dns::Name> chained;
  while (name.IsWithin(apex_)) {
    dns::Name source = name;
    bool rewritten = false;
    for (const dns::Name& node : WayTo(name)) {
      const dns::RecordSet* ns = At(node, dns::Type::kNs);
      if (ns != nullptr && node != apex_ && !(node == name && type == dns::Type::kDs)) {
        out.authoritative = !out.answer.empty();
        Add(*ns, node, &out.authority);
        AddAddresses(*ns, true, &out);
        return out;
      }
      const dns::RecordSet* dname = At(node, dns::Type::kDname);
      if (dname != nullptr && node != name) {
        if (chained.size() == kMaxChain || !chained.insert(name).second) return out;
        Add(*dname, node, &out.answer);
        dns::Name target = dname->records().front().Names().front();
        for (size_t i = name.label_count() - node.label_count(); i-- > 0;) {
          const auto longer = target.Prepend(name.label(i));
          if (!longer.ok()) {
            out.rcode = "YXDOMAIN";
            return out;
          }
          target = *longer;
        }
        out.answer.insert(Line(name, dname->ttl(), MakeCname(target)));
        if (type == dns::Type::kCname || type == dns::Type::kAny) return out;
        name = target;
        rewritten = true;
        break;
      }
      if (Exists(node)) continue;
      // Step 3c: the asterisk beside the first name that is not there.
      source = *node.Parent().Prepend("*");
      if (Exists(source)) break;
      out.rcode = "NXDOMAIN";
      AddNegative(&out);
      return out;
    }
    if (rewritten) continue;
    const dns::RecordSet* cname = At(source, dns::Type::kCname);
    if (cname != nullptr && type != dns::Type::kCname && type != dns::Type::kAny) {
      if (chained.size() == kMaxChain || !chained.insert(name).second) return out;
      Add(*cname, name, &out.answer);
      name = cname->records().front().Names().front();
      continue;
    }
    const Sets* sets = At(source);
    const dns::RecordSet* set =
        type == dns::Type::kAny && sets != nullptr ? &sets->begin()->second : At(source, type);
    if (set == nullptr) {
      AddNegative(&out);
      return out;
    }
    Add(*set, name, &out.answer);
    if (HasHosts(set->type())) AddAddresses(*set, false, &out);
    return out;
  }
  return out;
}

}  // namespace quartet::nameserver
