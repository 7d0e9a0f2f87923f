// What holds for every response, whatever the query and the zones. Each function aborts where it does not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "dns/message/message.h"
#include "nameserver/answer/answer.h"

namespace quartet::fuzz {

// Octets a response may have at most (RFC 1035 §4.2.1, RFC 6891 §6.2.3).
size_t LimitFor(std::span<const uint8_t> query, nameserver::Transport transport, size_t max_udp_payload);

// The response to `query`, read by our reader and by ldns, which must agree in every record; header, question, EDNS, AA
// and RCODE must fit each other and the query.
dns::Message CheckResponse(std::span<const uint8_t> query, std::span<const uint8_t> response, size_t limit);

// A response over UDP of `limit` octets at most beside the one over TCP to the same query: the same if it fits; else
// whole record sets less, with TC if they were required.
void CheckTruncation(const dns::Message& udp, size_t udp_size, const dns::Message& tcp, size_t tcp_size,
                     size_t limit);

}  // namespace quartet::fuzz
