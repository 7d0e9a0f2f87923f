// Which record types a hosted zone can hold.
#pragma once

#include <string>

#include "dns/rdata/type.h"

namespace quartet::controller {

// Why record sets of this type are not taken from users, in words; empty if they are. What a signer makes (RFC 4034, RFC 5155,
// RFC 7344) and what stands in messages only (RFC 6895 §3.1) is not, however the type was written ("TYPE46").
std::string WhyTypeIsNotStored(dns::Type type);

inline bool IsStorable(dns::Type type) { return WhyTypeIsNotStored(type).empty(); }

}  // namespace quartet::controller
