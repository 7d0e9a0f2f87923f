#include <algorithm>

#include "dns/rdata/type.h"
#include "nameserver/answer/stages.h"

namespace quartet::nameserver {
namespace {

// RFC 2308 §3: the SOA with the TTL a resolver may keep the answer for, min(its own, its minimum).
void AddSoa(Work* work) {
  const RecordSetView soa = work->zone.Soa();
  const size_t apex = kHeaderSize + work->query.name.SuffixStart(work->apex_labels);
  const size_t at = work->response.Add(Section::kAuthority, soa, apex);
  if (at == 0) return work->response.SetTruncated();
  const uint32_t ttl = __builtin_bswap32(Load<uint32_t>(soa.image() + 6));
  const uint32_t minimum = __builtin_bswap32(Load<uint32_t>(soa.image() + soa.size() - 4));
  if (minimum < ttl) work->response.SetTtl(at, minimum);
}

void AddReferral(Work* work) {
  const RecordSetView set(work->location.name.FindSet(static_cast<uint16_t>(dns::Type::kNs)));
  const size_t at = work->response.Add(Section::kAuthority, set, work->AncestorAt(work->location.labels));
  if (at == 0) return work->response.SetTruncated();
  if (set.has_local_targets()) work->NoteHosts(set, at);
}

}  // namespace

void AuthoritySection(Work* work, Outcome outcome) {
  switch (outcome) {
    case Outcome::kNoData:
    case Outcome::kNxDomain:
      return AddSoa(work);
    case Outcome::kReferral:
      return AddReferral(work);
    default:
      return;
  }
}

}  // namespace quartet::nameserver
