// An answer, taken apart by a parser that is not ours (ldns), in a form that can be compared.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "dns/message/message.h"
#include "dns/rdata/type.h"

namespace quartet::differential {

// Names in lower case, wire format, in owner and data.
struct Record {
  std::string owner;
  dns::Type type;
  uint16_t record_class;
  std::string data;

  auto operator<=>(const Record&) const = default;
  std::string ToString() const;
};

using Records = std::set<Record>;

// Without what does not count: order, compression, case, OPT, and TTLs, which `ttls` has.
struct Reply {
  // Nothing came.
  bool missing = true;
  // Not to be parsed, or a record twice in answer or authority.
  bool malformed = false;
  // A record twice in the additional section.
  bool repeats = false;
  dns::Rcode rcode = dns::Rcode::kNoError;
  bool authoritative = false;
  bool truncated = false;
  bool recursion_available = false;
  bool edns = false;
  Records answer;
  Records authority;
  Records additional;
  // "owner type" in lower case and TTL of all records in answer and authority.
  std::set<std::pair<std::string, uint32_t>> ttls;
  size_t size = 0;
};

Reply ReadReply(std::span<const uint8_t> message);

// For people: a header line, and a line for each record.
std::string Describe(const Reply& reply);
// The name in presentation format, from lower-case wire format.
std::string NameText(const std::string& wire);

}  // namespace quartet::differential
