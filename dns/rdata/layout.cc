#include "dns/rdata/layout.h"

#include "dns/name/name.h"

namespace quartet::dns {
namespace {

using F = Field;
using C = NameCompression;

constexpr Layout kLayouts[] = {
    {Type::kA, C::kNone, false, {F::kIpv4}},        // RFC 1035 §3.4.1
    {Type::kNs, C::kWritten, true, {F::kName}},     // RFC 1035 §3.3.11
    {Type::kCname, C::kWritten, true, {F::kName}},  // RFC 1035 §3.3.1
    {Type::kSoa,
     C::kWritten,
     true,  // RFC 1035 §3.3.13
     {F::kName, F::kName, F::kU32, F::kU32, F::kU32, F::kU32, F::kU32}},
    {Type::kPtr, C::kWritten, true, {F::kName}},            // RFC 1035 §3.3.12
    {Type::kMx, C::kWritten, true, {F::kU16, F::kName}},    // RFC 1035 §3.3.9
    {Type::kTxt, C::kNone, false, {F::kCharacterStrings}},  // RFC 1035 §3.3.14
    {Type::kSig,
     C::kRead,
     true,  // RFC 2535 §4.1
     {F::kU16, F::kU8, F::kU8, F::kU32, F::kU32, F::kU32, F::kU16, F::kName, F::kRest}},
    {Type::kKey, C::kNone, false, {F::kU16, F::kU8, F::kU8, F::kRest}},   // RFC 2535 §3.1
    {Type::kAaaa, C::kNone, false, {F::kIpv6}},                           // RFC 3596 §2.2
    {Type::kNxt, C::kRead, true, {F::kName, F::kRest}},                   // RFC 2535 §5.2
    {Type::kSrv, C::kRead, true, {F::kU16, F::kU16, F::kU16, F::kName}},  // RFC 2782
    {Type::kNaptr,
     C::kRead,
     true,  // RFC 3403 §4.1
     {F::kU16, F::kU16, F::kCharacterString, F::kCharacterString, F::kCharacterString, F::kName}},
    {Type::kDname, C::kNone, true, {F::kName}},                             // RFC 6672 §2.5
    {Type::kDs, C::kNone, false, {F::kU16, F::kU8, F::kU8, F::kSomeRest}},  // RFC 4034 §5.1
    {Type::kSshfp, C::kNone, false, {F::kU8, F::kU8, F::kSomeRest}},        // RFC 4255 §3.1
    {Type::kRrsig,
     C::kNone,
     true,  // RFC 4034 §3.1
     {F::kU16, F::kU8, F::kU8, F::kU32, F::kU32, F::kU32, F::kU16, F::kName, F::kSomeRest}},
    {Type::kNsec, C::kNone, false, {F::kName, F::kTypeBitmap}},                 // RFC 4034 §4.1
    {Type::kDnskey, C::kNone, false, {F::kU16, F::kU8, F::kU8, F::kSomeRest}},  // RFC 4034 §2.1
    {Type::kNsec3,
     C::kNone,
     false,  // RFC 5155 §3.2
     {F::kU8, F::kU8, F::kU16, F::kCharacterString, F::kCharacterString, F::kTypeBitmap}},
    {Type::kNsec3param, C::kNone, false, {F::kU8, F::kU8, F::kU16, F::kCharacterString}},  // RFC 5155 §4.2
    {Type::kTlsa, C::kNone, false, {F::kU8, F::kU8, F::kU8, F::kSomeRest}},                // RFC 6698 §2.1
    {Type::kCds, C::kNone, false, {F::kU16, F::kU8, F::kU8, F::kSomeRest}},                // RFC 7344 §3.1
    {Type::kCdnskey, C::kNone, false, {F::kU16, F::kU8, F::kU8, F::kSomeRest}},            // RFC 7344 §3.2
    {Type::kSvcb, C::kNone, false, {F::kU16, F::kName, F::kServiceParams}},                // RFC 9460 §2.2
    {Type::kHttps, C::kNone, false, {F::kU16, F::kName, F::kServiceParams}},               // RFC 9460 §9
    {Type::kSpf, C::kNone, false, {F::kCharacterStrings}},                                 // RFC 4408 §3.1.1
    {Type::kCaa, C::kNone, false, {F::kU8, F::kCharacterString, F::kRest}},                // RFC 8659 §4.1
    // Types with no name in Type, whose text form and domain names are known.
    {static_cast<Type>(13),
     C::kNone,
     false,
     {F::kCharacterString, F::kCharacterString}},                    // HINFO, RFC 1035 §3.3.2
    {static_cast<Type>(17), C::kRead, true, {F::kName, F::kName}},   // RP, RFC 1183 §2.2
    {static_cast<Type>(18), C::kRead, true, {F::kU16, F::kName}},    // AFSDB, RFC 1183 §1
    {static_cast<Type>(36), C::kNone, true, {F::kU16, F::kName}},    // KX, RFC 2230 §3
    {static_cast<Type>(107), C::kNone, false, {F::kU16, F::kName}},  // LP, RFC 6742 §2.4.1
};

std::optional<size_t> Fixed(size_t size, std::span<const uint8_t> data) {
  if (data.size() < size) return std::nullopt;
  return size;
}

std::optional<size_t> NameSize(std::span<const uint8_t> data) {
  size_t at = 0;
  while (at < data.size() && data[at] != 0) {
    if (data[at] > Name::kMaxLabel) return std::nullopt;
    at += 1 + data[at];
  }
  if (at >= data.size() || at + 1 > Name::kMaxWire) return std::nullopt;
  return at + 1;
}

std::optional<size_t> CharacterStringSize(std::span<const uint8_t> data) {
  if (data.empty()) return std::nullopt;
  return Fixed(1 + size_t{data[0]}, data);
}

std::optional<size_t> CharacterStringsSize(std::span<const uint8_t> data) {
  size_t at = 0;
  do {
    const std::optional<size_t> one = CharacterStringSize(data.subspan(at));
    if (!one) return std::nullopt;
    at += *one;
  } while (at < data.size());
  return at;
}

// Windows ascend, each has 1 to 32 octets, the last of which is not zero.
std::optional<size_t> TypeBitmapSize(std::span<const uint8_t> data) {
  int last_window = -1;
  size_t at = 0;
  while (at < data.size()) {
    if (data.size() - at < 2) return std::nullopt;
    const int window = data[at];
    const size_t length = data[at + 1];
    at += 2;
    if (window <= last_window || length == 0 || length > 32 || length > data.size() - at) return std::nullopt;
    if (data[at + length - 1] == 0) return std::nullopt;
    last_window = window;
    at += length;
  }
  return at;
}

}  // namespace

const Layout* FindLayout(Type type) {
  for (const Layout& layout : kLayouts) {
    if (layout.type == type) return &layout;
  }
  return nullptr;
}

std::optional<size_t> FieldSize(Field field, std::span<const uint8_t> data) {
  switch (field) {
    case Field::kEnd:
      return 0;
    case Field::kU8:
      return Fixed(1, data);
    case Field::kU16:
      return Fixed(2, data);
    case Field::kU32:
    case Field::kIpv4:
      return Fixed(4, data);
    case Field::kIpv6:
      return Fixed(16, data);
    case Field::kName:
      return NameSize(data);
    case Field::kCharacterString:
      return CharacterStringSize(data);
    case Field::kCharacterStrings:
      return CharacterStringsSize(data);
    case Field::kTypeBitmap:
      return TypeBitmapSize(data);
    case Field::kSomeRest:
      return data.empty() ? std::nullopt : std::optional<size_t>(data.size());
    case Field::kServiceParams:
    case Field::kRest:
      return data.size();
  }
  return std::nullopt;
}

}  // namespace quartet::dns
