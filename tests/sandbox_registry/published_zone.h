// The zones that a registry publishes: each TLD's, of the domains that are registered, and a root above them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "dns/name/name.h"
#include "dns/record_set/record_set.h"
#include "tests/sandbox_registry/registry.h"

namespace quartet::sandbox {

inline constexpr uint32_t kTldTtl = 3600;

// "ns.nic.test." of "test".
std::string TldServerName(const std::string& tld);

// `address` is the IPv4 address of the TLD's one server. Domains that are on hold, or pending, are not delegated; glue is
// that of host objects or attributes below the domains they serve.
std::vector<dns::RecordSet> TldZone(const Registry& registry, const std::string& tld,
                                    const std::string& address, uint32_t serial);
// `address` is the root server's, `tlds` those of the TLDs' servers by name.
std::vector<dns::RecordSet> RootZone(const std::string& address,
                                     const std::map<std::string, std::string>& tlds, uint32_t serial);

// A master file (RFC 1035 §5).
std::string ZoneText(const std::vector<dns::RecordSet>& zone);

}  // namespace quartet::sandbox
