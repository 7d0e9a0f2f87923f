#include "dns/rdata/type.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace quartet::dns {
namespace {

struct Mnemonic {
  Type type;
  absl::string_view name;
};

constexpr Mnemonic kMnemonics[] = {
    {Type::kA, "A"},
    {Type::kNs, "NS"},
    {Type::kCname, "CNAME"},
    {Type::kSoa, "SOA"},
    {Type::kPtr, "PTR"},
    {Type::kMx, "MX"},
    {Type::kTxt, "TXT"},
    {Type::kSig, "SIG"},
    {Type::kKey, "KEY"},
    {Type::kAaaa, "AAAA"},
    {Type::kNxt, "NXT"},
    {Type::kSrv, "SRV"},
    {Type::kNaptr, "NAPTR"},
    {Type::kDname, "DNAME"},
    {Type::kOpt, "OPT"},
    {Type::kDs, "DS"},
    {Type::kSshfp, "SSHFP"},
    {Type::kRrsig, "RRSIG"},
    {Type::kNsec, "NSEC"},
    {Type::kDnskey, "DNSKEY"},
    {Type::kNsec3, "NSEC3"},
    {Type::kNsec3param, "NSEC3PARAM"},
    {Type::kTlsa, "TLSA"},
    {Type::kCds, "CDS"},
    {Type::kCdnskey, "CDNSKEY"},
    {Type::kSvcb, "SVCB"},
    {Type::kHttps, "HTTPS"},
    {Type::kSpf, "SPF"},
    {Type::kTkey, "TKEY"},
    {Type::kTsig, "TSIG"},
    {Type::kIxfr, "IXFR"},
    {Type::kAxfr, "AXFR"},
    {Type::kMailb, "MAILB"},
    {Type::kMaila, "MAILA"},
    {Type::kAny, "ANY"},
    {Type::kCaa, "CAA"},
    // Types that have their text form; all but those of the layout table are opaque otherwise.
    {static_cast<Type>(13), "HINFO"},
    {static_cast<Type>(17), "RP"},
    {static_cast<Type>(18), "AFSDB"},
    {static_cast<Type>(22), "NSAP"},
    {static_cast<Type>(29), "LOC"},
    {static_cast<Type>(36), "KX"},
    {static_cast<Type>(37), "CERT"},
    {static_cast<Type>(49), "DHCID"},
    {static_cast<Type>(53), "SMIMEA"},
    {static_cast<Type>(61), "OPENPGPKEY"},
    {static_cast<Type>(62), "CSYNC"},
    {static_cast<Type>(63), "ZONEMD"},
    {static_cast<Type>(104), "NID"},
    {static_cast<Type>(105), "L32"},
    {static_cast<Type>(106), "L64"},
    {static_cast<Type>(107), "LP"},
    {static_cast<Type>(108), "EUI48"},
    {static_cast<Type>(109), "EUI64"},
    {static_cast<Type>(256), "URI"},
};

// The number behind "TYPE" (RFC 3597 §5): decimal digits only, at most 65535.
absl::StatusOr<Type> ParseTypeNumber(absl::string_view digits) {
  uint32_t number = 0;
  const bool plain =
      !digits.empty() && digits.size() <= 5 &&
      std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
  if (plain) {
    for (char c : digits) number = number * 10 + static_cast<uint32_t>(c - '0');
  }
  if (!plain || number > 0xffff) {
    return absl::InvalidArgumentError("record type: TYPE must be followed by a number from 0 to 65535");
  }
  return static_cast<Type>(number);
}

}  // namespace

std::string TypeName(Type type) {
  for (const Mnemonic& known : kMnemonics) {
    if (known.type == type) return std::string(known.name);
  }
  return absl::StrCat("TYPE", static_cast<uint16_t>(type));
}

absl::StatusOr<Type> ParseType(absl::string_view text) {
  for (const Mnemonic& known : kMnemonics) {
    if (absl::EqualsIgnoreCase(known.name, text)) return known.type;
  }
  if (absl::StartsWithIgnoreCase(text, "TYPE")) return ParseTypeNumber(text.substr(4));
  // The text may be of any length and any bytes: it is not repeated here.
  return absl::InvalidArgumentError("record type: neither a known mnemonic nor TYPE and a number");
}

bool IsMetaType(Type type) {
  const auto number = static_cast<uint16_t>(type);
  return type == Type::kOpt || (number >= 128 && number <= 255);
}

}  // namespace quartet::dns
