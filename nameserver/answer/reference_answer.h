// RFC 1034 §4.3.2 read aloud, over a map of record sets: what the engine is compared with. Slow, obvious, and
// not sharing a line with the engine.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "dns/name/name.h"
#include "dns/rdata/type.h"
#include "dns/record_set/record_set.h"

namespace quartet::nameserver {

// An answer as sets of lines "owner ttl type data"; owners in lower case.
struct ReferenceAnswer {
  std::string rcode = "NOERROR";
  bool authoritative = true;
  std::set<std::string> answer;
  std::set<std::string> authority;
  std::set<std::string> additional;
};

class ReferenceZone {
 public:
  ReferenceZone(dns::Name apex, const std::vector<dns::RecordSet>& record_sets);

  // `name` is at or below the apex.
  ReferenceAnswer Answer(const dns::Name& name, dns::Type type) const;

 private:
  using Sets = std::map<dns::Type, dns::RecordSet>;

  // nullptr: no records there.
  const Sets* At(const dns::Name& name) const;
  const dns::RecordSet* At(const dns::Name& name, dns::Type type) const;
  bool Exists(const dns::Name& name) const;
  // Ancestors of `name` from the apex down to itself.
  std::vector<dns::Name> WayTo(const dns::Name& name) const;
  bool IsCovered(const dns::Name& name) const;
  void AddAddresses(const dns::RecordSet& hosts, bool referral, ReferenceAnswer* out) const;
  void AddNegative(ReferenceAnswer* out) const;

  const dns::Name apex_;
  std::map<dns::Name, Sets> names_;
};

}  // namespace quartet::nameserver
