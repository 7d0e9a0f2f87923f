// Record types (RFC 1035 §3.2.2 and the IANA registry) and classes.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::dns {

// Any 16-bit value is a Type; those with a name are those Quartet treats on their own.
enum class Type : uint16_t {
  kA = 1,
  kNs = 2,
  kCname = 5,
  kSoa = 6,
  kPtr = 12,
  kMx = 15,
  kTxt = 16,
  kSig = 24,
  kKey = 25,
  kAaaa = 28,
  kNxt = 30,
  kSrv = 33,
  kNaptr = 35,
  kDname = 39,
  kOpt = 41,
  kDs = 43,
  kSshfp = 44,
  kRrsig = 46,
  kNsec = 47,
  kDnskey = 48,
  kNsec3 = 50,
  kNsec3param = 51,
  kTlsa = 52,
  kCds = 59,
  kCdnskey = 60,
  kSvcb = 64,
  kHttps = 65,
  kSpf = 99,
  kTkey = 249,
  kTsig = 250,
  kIxfr = 251,
  kAxfr = 252,
  kMailb = 253,
  kMaila = 254,
  kAny = 255,
  kCaa = 257,
};

enum class Class : uint16_t { kIn = 1, kChaos = 3, kNone = 254, kAny = 255 };

// "A", "HTTPS", …; "TYPE65280" for a type without a name here (RFC 3597 §5).
std::string TypeName(Type type);

// Reads a mnemonic without regard to case, or TYPE and a number. INVALID_ARGUMENT if it is neither.
absl::StatusOr<Type> ParseType(absl::string_view text);

// Types that stand in questions or transports only and are never stored (RFC 6895 §3.1): OPT, 128 to 255 but SPF is no
// such type.
bool IsMetaType(Type type);

}  // namespace quartet::dns
