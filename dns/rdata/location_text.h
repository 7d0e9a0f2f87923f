// LOC record data in presentation format (RFC 1876 §3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "dns/rdata/text_token.h"

namespace quartet::dns {

// "d1 [m1 [s1]] N|S d2 [m2 [s2]] E|W alt[m] [size[m] [hp[m] [vp[m]]]]", all tokens. INVALID_ARGUMENT says
// what is wrong;
// `*bad` is then the index of the token, or tokens.size() where one is missing.
absl::Status AppendLocation(std::span<const TextToken> tokens, size_t* bad, std::string* wire);

// False, and nothing appended, for octets that AppendLocation would not make.
bool FormatLocation(std::span<const uint8_t> wire, std::string* text);

}  // namespace quartet::dns
