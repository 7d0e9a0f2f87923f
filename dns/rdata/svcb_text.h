// Parameters of SVCB and HTTPS record data in presentation format (RFC 9460 §2.1, §7 and appendix A).
//
// All ours: no library sees this text. Names known: mandatory, alpn, no-default-alpn, port, ipv4hint, ech,
// ipv6hint, dohpath (RFC 9461), ohttp (RFC 9540); any other is keyNNNNN with its value as opaque octets. A
// known key may be written as keyNNNNN too; its octets must then be well formed for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "dns/rdata/text_token.h"

namespace quartet::dns {

// Appends the parameters in wire format, sorted by key. INVALID_ARGUMENT for a key twice, a value that is not
// well formed, and parameters that contradict each other (RFC 9460 §7.1.1 and §8); `*bad` is then the index
// of the token.
absl::Status AppendSvcParams(std::span<const TextToken> tokens, size_t* bad, std::string* wire);

// Appends the text, without a blank in front. False, and nothing appended, for octets that AppendSvcParams
// would not make.
bool FormatSvcParams(std::span<const uint8_t> wire, std::string* text);

}  // namespace quartet::dns
