#include <algorithm>
#include <cstring>

#include "dns/rdata/type.h"
#include "nameserver/answer/stages.h"

namespace quartet::nameserver {
namespace {

constexpr size_t kRecordHeader = 12;
// Hosts whose addresses are added to one answer that is not a referral.
constexpr size_t kMaxHosts = 16;

// Octets in front of the target in the record data.
size_t TargetOffset(uint16_t type) {
  switch (dns::Type{type}) {
    case dns::Type::kMx:
      return 2;
    case dns::Type::kSrv:
      return 6;
    default:
      return 0;
  }
}

struct Host {
  PlacedName target;
  LookupKey key;
};

// At or below the cut of a referral: nobody reaches it without these addresses.
bool IsBelowCut(const Work& work, const Host& host) {
  const size_t size = work.key.end[work.location.labels];
  return host.key.size >= size && std::memcmp(host.key.bytes, work.key.bytes, size) == 0;
}

// False: a set did not fit.
bool AddAddresses(Work* work, const Host& host, NameView name) {
  for (const dns::Type type : {dns::Type::kA, dns::Type::kAaaa}) {
    const RecordSetView set(name.FindSet(static_cast<uint16_t>(type)));
    if (!set.valid()) continue;
    const size_t owner = host.target.at[0];
    const LookupName& target = host.target.name;
    const size_t at = owner <= kMaxPointer
                          ? work->response.Add(Section::kAdditional, set, owner)
                          : work->response.AddNamed(Section::kAdditional, set, target.Suffix(target.labels));
    if (at == 0) return false;
  }
  return true;
}

// Calls `visit` with every target of the set at Work::hosts_at within the zone, until it returns false.
template <typename Visit>
void VisitHosts(Work* work, Visit visit) {
  const uint8_t* message = work->response.bytes();
  const size_t skip = kRecordHeader + TargetOffset(work->hosts_type);
  size_t at = work->hosts_at;
  Host host;
  for (size_t left = work->host_count; left > 0; --left) {
    host.target.Read(message, at + skip);
    if (host.target.IsWithin(work->query.name, work->apex_labels)) {
      host.key.Assign(host.target.name, work->apex_labels);
      if (!visit(host)) return;
    }
    at += kRecordHeader + (size_t{message[at + 10]} << 8 | message[at + 11]);
  }
}

// RFC 9471 §3: glue for servers below the cut all of it, or TC; then what else of the zone's data helps,
// sibling glue included, as far as it fits.
void AddGlue(Work* work) {
  for (const bool required : {true, false}) {
    VisitHosts(work, [&](const Host& host) {
      if (IsBelowCut(*work, host) != required) return true;
      const NameView name = work->zone.FindAncestor(host.key, host.key.labels);
      if (!name.valid() || AddAddresses(work, host, name)) return true;
      if (required) work->response.SetTruncated();
      return false;
    });
    if (work->response.truncated()) return;
  }
}

// RFC 1035 §3.3.9, RFC 2782: only data this zone is authoritative for.
void AddHosts(Work* work) {
  NameView seen[kMaxHosts];
  size_t count = 0;
  VisitHosts(work, [&](const Host& host) {
    const NameView name = work->zone.FindAncestor(host.key, host.key.labels);
    if (!name.valid() || std::find(seen, seen + count, name) != seen + count) return true;
    if (!IsAuthoritative(work->zone, host.key)) return true;
    seen[count++] = name;
    return AddAddresses(work, host, name) && count < kMaxHosts;
  });
}

}  // namespace

void AdditionalSection(Work* work, Outcome outcome) {
  if (work->hosts_at == 0 || work->response.truncated()) return;
  if (outcome == Outcome::kReferral) {
    AddGlue(work);
  } else {
    AddHosts(work);
  }
}

}  // namespace quartet::nameserver
