// A query, read once into what the later stages need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "dns/message/message.h"
#include "nameserver/zone/lookup_name.h"

namespace quartet::nameserver {

using dns::kHeaderSize;
using dns::Rcode;

// Plain data, of which only the used part is ever written.
struct Query {
  // Where the message goes on behind the question; 0 if no question could be read.
  size_t question_end;
  // The question's; meaningful if question_end is not 0, as is `name`.
  uint16_t type;
  uint16_t qclass;

  // EDNS (RFC 6891), meaningful if there was an OPT record.
  bool edns;
  bool dnssec_ok;
  uint8_t edns_version;
  uint16_t udp_payload;
  // It asks who answers (RFC 5001 §2.1).
  bool wants_nsid;

  // Last, being large.
  LookupName name;
};

enum class ParseOutcome : uint8_t {
  kQuery,
  // Shorter than a header, or a response: to be left without an answer.
  kDrop,
  kFormErr,
  kNotImp,
};

// Any bytes are fine. All sections are walked, so that EDNS is found and damage is told; what is not an OPT
// record in them is ignored. In kFormErr and kNotImp question and EDNS are there if they could be read: the
// answer to a broken OPT record has one too (RFC 6891 §7), or it would say that EDNS is unknown here.
ParseOutcome ParseQuery(std::span<const uint8_t> message, Query* query);

}  // namespace quartet::nameserver
