// The same message read by ldns.
#pragma once

#include <cstdint>
#include <span>

#include "dns/message/message.h"

namespace quartet::fuzz {

// Aborts if ldns does not read `bytes`, or reads another message than `ours`.
void CheckSameAsLdns(std::span<const uint8_t> bytes, const dns::Message& ours);

}  // namespace quartet::fuzz
