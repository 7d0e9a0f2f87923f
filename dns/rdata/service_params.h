// SvcParams of SVCB and HTTPS records in wire format (RFC 9460 §2.2, §7, §8).
#pragma once

#include <cstdint>
#include <span>

#include "absl/status/status.h"

namespace quartet::dns {

// RFC 9460 §14.3.2, RFC 9461, RFC 9540. Any other 16-bit number but kInvalid is an opaque key.
enum class ServiceKey : uint16_t {
  kMandatory = 0,
  kAlpn = 1,
  kNoDefaultAlpn = 2,
  kPort = 3,
  kIpv4Hint = 4,
  kEch = 5,
  kIpv6Hint = 6,
  kDohPath = 7,
  kOhttp = 8,
  kInvalid = 65535,
};

// One parameter, as a view into the bytes it was read from.
struct ServiceParam {
  ServiceKey key;
  std::span<const uint8_t> value;
};

// Takes the first parameter off `params`; false, and `params` as it was, if it is not whole.
bool TakeServiceParam(std::span<const uint8_t>& params, ServiceParam& param);

// OK if the keys strictly ascend, the values of RFC 9460's keys are well formed, and the whole is
// self-consistent (§8: what `mandatory` lists is there; §7.1.1: no-default-alpn only beside alpn).
// INVALID_ARGUMENT names the key.
absl::Status CheckServiceParams(std::span<const uint8_t> params);

}  // namespace quartet::dns
