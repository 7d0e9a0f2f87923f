#include "tests/differential/random_data.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace quartet::differential {
namespace {

constexpr const char* kCommon[] = {"A", "AAAA", "MX", "TXT", "SRV", "TYPE65280"};
constexpr const char* kOthers[] = {"PTR",  "NAPTR", "CAA",   "SSHFP", "TLSA",       "HTTPS",
                                   "SVCB", "LOC",   "HINFO", "RP",    "AFSDB",      "KX",
                                   "SPF",  "URI",   "CERT",  "EUI48", "OPENPGPKEY", "TYPE65281"};

std::string Hex(size_t octets, Dice& dice) {
  std::string hex;
  for (size_t i = 0; i < octets; ++i) absl::StrAppendFormat(&hex, "%02x", dice.Pick(256));
  return hex;
}

std::string Strings(Dice& dice) {
  std::string strings;
  for (size_t count = 1 + dice.Pick(3); count > 0; --count) {
    const size_t length = dice.OneIn(12) ? 255 : dice.Pick(30);
    absl::StrAppend(&strings, strings.empty() ? "" : " ", "\"",
                    std::string(length, static_cast<char>('a' + dice.Pick(26))),
                    dice.OneIn(6) && length < 200 ? "\\\"\\000;*" : "", "\"");
  }
  return strings;
}

std::string Generic(Dice& dice) {
  const size_t octets = dice.Pick(30);
  return absl::StrCat("\\# ", octets, octets == 0 ? "" : " ", Hex(octets, dice));
}

std::string OtherData(const std::string& type, const std::string& target, Dice& dice) {
  const size_t n = dice.Pick(100);
  if (type == "NAPTR")
    return absl::StrCat(n, " 10 \"u\" \"sip+E2U\" \"!^.*$!sip:info@example.com!\" ", target);
  if (type == "CAA") return absl::StrCat("0 issue \"ca", n, ".example\"");
  if (type == "SSHFP") return absl::StrCat("1 1 ", Hex(20, dice));
  if (type == "TLSA") return absl::StrCat("3 1 1 ", Hex(32, dice));
  if (type == "HTTPS" || type == "SVCB") return absl::StrCat(1 + n, " ", target, " alpn=h2 port=", 1 + n);
  if (type == "LOC")
    return absl::StrCat("51 30 ", n % 60, ".000 N 0 7 0.000 W ", n, ".00m 1.00m 10000.00m 10.00m");
  if (type == "HINFO") return absl::StrCat("\"cpu", n, "\" \"os\"");
  if (type == "RP") return absl::StrCat("admin", n, ".example. ", target);
  if (type == "URI") return absl::StrCat("10 ", n, " \"https://example.com/\"");
  if (type == "CERT") return absl::StrCat("1 ", n, " 8 AQIDBA==");
  if (type == "EUI48") return absl::StrFormat("00-00-5e-00-53-%02x", n);
  if (type == "OPENPGPKEY") return "AQIDBA==";
  if (type == "PTR") return target;
  if (type == "AFSDB" || type == "KX") return absl::StrCat(1 + n, " ", target);
  return Generic(dice);
}

}  // namespace

std::string RandomDataType(Dice& dice) { return dice.OneIn(4) ? dice.Of(kOthers) : dice.Of(kCommon); }

bool HasTarget(const std::string& type) {
  static constexpr const char* kTypes[] = {"MX", "SRV", "AFSDB", "KX", "NAPTR", "PTR", "HTTPS", "SVCB", "RP"};
  return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

std::string RandomData(const std::string& type, const std::string& target, Dice& dice) {
  if (type == "A") return absl::StrCat("192.0.", dice.Pick(2), ".", dice.Pick(256));
  if (type == "AAAA") return absl::StrFormat("2001:db8::%x", dice.Pick(65536));
  if (type == "MX") return absl::StrCat(dice.Pick(100), " ", target);
  if (type == "SRV") return absl::StrCat(dice.Pick(9), " ", dice.Pick(9), " ", dice.Pick(65536), " ", target);
  if (type == "TXT" || type == "SPF") return Strings(dice);
  if (type == "DS") return absl::StrCat(dice.Pick(65536), " 8 2 ", Hex(32, dice));
  return OtherData(type, target, dice);
}

}  // namespace quartet::differential
