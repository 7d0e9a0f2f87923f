// Why a query got no answer, for those who debug (RFC 8914).
#pragma once

#include <cstdint>

namespace quartet::nameserver {

// RFC 8914 §4; of its codes those that an authoritative server without DNSSEC has a use for.
enum class ExtendedError : uint16_t {
  // REFUSED: no zone here covers the name.
  kNotAuthoritative = 20,
  // SERVFAIL: the zone is served here, but its data are not there yet or are being fetched anew.
  kNotReady = 14,
  // NOTIMP, REFUSED: an opcode, class or transfer that this server does not do for anybody.
  kNotSupported = 21,
  // Not a code of the registry: no option is sent.
  kNone = 0xffff,
};

}  // namespace quartet::nameserver
