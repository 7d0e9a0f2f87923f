// Numbers, times, addresses and binary data as presentation format writes them. Strict: what is not plainly
// one of the forms named here is refused. Pure functions; those that append leave `out` alone when they fail.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "absl/strings/string_view.h"

namespace quartet::dns {

// Digits only, at most `max`.
bool ParseNumber(absl::string_view text, uint32_t max, uint32_t* value);

// Seconds, as a number or with units: "3600", "1h30m", "2W" (w, d, h, m, s in either case, each behind a
// number). At most 2^32 - 1.
bool ParseSeconds(absl::string_view text, uint32_t* seconds);

// YYYYMMDDHHmmSS in UTC, or seconds since 1970 in at most ten digits (RFC 4034 §3.2). Up to the year 2106.
bool ParseTime(absl::string_view text, uint32_t* time);
std::string TimeText(uint32_t time);

// Four or sixteen octets. IPv4 in its dotted form with four numbers; IPv6 as RFC 4291 §2.2 has it.
bool AppendIpv4(absl::string_view text, std::string* out);
bool AppendIpv6(absl::string_view text, std::string* out);
// `address` has four or sixteen octets.
std::string AddressText(std::span<const uint8_t> address);

// Pairs of hexadecimal digits, in either case.
bool AppendHex(absl::string_view text, std::string* out);
std::string HexText(std::span<const uint8_t> octets);

// RFC 4648 §4, padded, no bits left over.
bool AppendBase64(absl::string_view text, std::string* out);
std::string Base64Text(std::span<const uint8_t> octets);

// RFC 4648 §7 "extended hex" without padding (RFC 5155 §3.3), in either case.
bool AppendBase32Hex(absl::string_view text, std::string* out);
std::string Base32HexText(std::span<const uint8_t> octets);

void AppendU16(uint32_t value, std::string* out);
void AppendU32(uint32_t value, std::string* out);

}  // namespace quartet::dns
