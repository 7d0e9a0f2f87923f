// The DS record of a key, for clients that hand in keys (RFC 5910 §4.2).
#pragma once

#include <string>

#include "dns/name/name.h"
#include "tests/sandbox_registry/registry.pb.h"

namespace quartet::sandbox {

// Presentation format; with SHA-256 (RFC 4509).
std::string DsOfKey(const dns::Name& owner, const KeyData& key);

}  // namespace quartet::sandbox
