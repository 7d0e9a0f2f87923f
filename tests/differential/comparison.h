// The servers' answers to one question, made comparable, and compared.
#pragma once

#include <string>
#include <vector>

#include "tests/differential/question.h"
#include "tests/differential/reply.h"
#include "tests/differential/walk.h"
#include "tests/differential/world.h"

namespace quartet::differential {

// Servers by place; ours is the first.
inline constexpr size_t kOurs = 0;

// A question with all that was answered. Borrows everything.
struct Case {
  const Question& question;
  // As asked.
  const dns::Name& name;
  const World& world;
  // That of the name; nullptr: none.
  const Zone* zone;
  // Its way through that zone; empty if there is none.
  std::vector<Step> walk;
  const std::vector<std::string>& servers;
  std::vector<Reply> replies;
  // The same asked over TCP where an answer over UDP was truncated; else as `replies`.
  std::vector<Reply> whole;
};

// What has to be equal, after these normalisations:
//  * of a truncated answer only header bits count (RFC 2181 §9: it is asked again over TCP);
//  * the zone's NS records in the authority section of a positive answer are optional (RFC 1034 §4.3.2 leaves them to
//    the server: "minimal responses");
//  * the additional section is optional, but for glue of hosts at or below the cut in a referral (RFC 9471 §2, §3.1). An address that a wildcard below the cut would make
//    is no glue: that wildcard is no data of the zone (RFC 4592 §4.2);
//  * no order, no compression, no case, no OPT record, no TTL (see Reply).
struct Essence {
  dns::Rcode rcode;
  bool authoritative;
  bool truncated;
  bool missing;
  bool malformed;
  Records answer;
  Records authority;
  Records glue;

  bool operator==(const Essence&) const = default;
};

Essence EssenceOf(const Case& of, const Reply& reply);

// Neither answer nor authority of its own: where to ask further.
bool IsReferral(const Reply& reply);

// What must hold of our answer whatever others say: the question repeated to the letter, the size kept, nothing in the
// additional section that the zones don't hold, no RA. Empty: all of it does.
std::string FaultOfOurs(const Case& of, const std::vector<uint8_t>& query,
                        const std::vector<uint8_t>& answer);

// Who agrees with whom, and about what they differ: "quartet knotd | nsd | named: rcode answer". Empty: no difference among
// the servers whose bit is set in `counted`.
std::string DifferenceAmong(const Case& of, unsigned counted);

}  // namespace quartet::differential
