// The way of a question through a zone, as RFC 1034 §4.3.2 has it: what the rules of comparison ask for. It makes no
// answer.
#pragma once

#include <vector>

#include "dns/name/name.h"
#include "dns/rdata/type.h"
#include "tests/differential/world.h"

namespace quartet::differential {

enum class Stop : uint8_t {
  kAnswer,    // records of the type asked for
  kNoData,    // none, or an empty non-terminal
  kNxDomain,  // no such name
  kCut,       // at a zone cut
  kAlias,     // a CNAME, followed
  kDname,     // a DNAME, followed
  kOutside,   // the name is not in the zone
  kKnown,     // the name was there before: a loop
  kTooLong,   // RFC 6672 §2.2
};

struct Step {
  Stop stop;
  dns::Name name;
  // Where the records stand: the name, a wildcard, a cut, the owner of a DNAME.
  dns::Name node;
  bool wildcard = false;
};

// At least one step; the last is where it ends.
std::vector<Step> Walk(const Zone& zone, const dns::Name& name, dns::Type type);

}  // namespace quartet::differential
