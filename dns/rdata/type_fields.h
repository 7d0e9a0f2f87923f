// The fields that make up a type's record data in presentation format.
#pragma once

#include <cstdint>
#include <span>

#include "dns/rdata/type.h"

namespace quartet::dns {

enum class TextField : uint8_t {
  kU8,
  kU16,
  kU32,
  kSeconds,    // 32 bits, units allowed
  kTime,       // 32 bits, as a date (RFC 4034 §3.2)
  kAlgorithm,  // DNSSEC algorithm: 8 bits, mnemonics allowed
  kCertType,   // certificate type (RFC 4398 §2.1): 16 bits, mnemonics allowed
  kType,       // a record type
  kIpv4,
  kIpv6,
  kName,        // completed with the origin
  kString,      // one character-string of at most 255 octets
  kStrings,     // the rest: character-strings, at least one; longer ones are split
  kTag,         // letters and digits, behind a length octet (RFC 8659 §4.1)
  kLongString,  // one string without a length octet, to the end
  kSalt,        // hexadecimal or "-", behind a length octet (RFC 5155 §3.3)
  kHash,        // base32hex, behind a length octet (RFC 5155 §3.3)
  kHex,         // the rest: hexadecimal, blanks allowed
  kBase64,      // the rest: base64, blanks allowed
  kTypes,       // the rest: type bitmap (RFC 4034 §4.1.2), may be empty
  kSvcParams,   // the rest: RFC 9460 §2.1, may be empty
  kLocation,    // the rest: RFC 1876 §3
  kLdnsWord,    // one word in a format of ldns's
};

struct FieldSpec {
  TextField field;
  // For messages.
  const char* name;
  // Which of its formats ldns is asked for; kLdnsWord only.
  int ldns = 0;
};

// Our own table. Empty for types it doesn't know.
std::span<const FieldSpec> FieldsOf(Type type);

}  // namespace quartet::dns
