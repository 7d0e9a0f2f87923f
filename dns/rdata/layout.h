// Which fields the data of each known type has: the one table that checks, canonicalises and decompresses
// them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "dns/rdata/type.h"

namespace quartet::dns {

enum class Field : uint8_t {
  kEnd,  // no more fields
  kU8,   // numbers, in network order
  kU16,
  kU32,
  kIpv4,              // 4 octets
  kIpv6,              // 16 octets
  kName,              // a domain name
  kCharacterString,   // a length octet and so many octets (RFC 1035 §3.3)
  kCharacterStrings,  // one or more of these, to the end
  kTypeBitmap,        // blocks of type bits, to the end (RFC 4034 §4.1.2)
  kServiceParams,     // SvcParams, to the end (RFC 9460 §2.2)
  kRest,              // whatever is left; may be empty
  kSomeRest,          // whatever is left; not empty
};

// Whether names in it may be compressed in messages (RFC 3597 §4).
enum class NameCompression : uint8_t {
  kNone,     // neither written nor read
  kRead,     // read where an older server wrote it, never written
  kWritten,  // the types of RFC 1035
};

// A value in static storage.
struct Layout {
  Type type;
  NameCompression compression;
  // Canonical form has its names in lower case (RFC 4034 §6.2, RFC 6840 §5.1).
  bool lower_names;
  std::array<Field, 10> fields;
};

// The layout of `type`; null for types without one here, whose data is opaque (RFC 3597).
const Layout* FindLayout(Type type);

// Octets of a field of this kind at the front of `data`, a name being uncompressed; nullopt if it is not well
// formed or does not fit. Fields that go to the end take all of `data`; kServiceParams is not looked into.
std::optional<size_t> FieldSize(Field field, std::span<const uint8_t> data);

}  // namespace quartet::dns
