// Which nameservers' addresses a registry wants.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "controller/registrar/epp/domain.h"
#include "controller/registrar/registries/registry_config.h"

namespace quartet::controller {

// Whether `name` is `above`, or lies below it; both lower case, without final dots.
bool IsWithin(absl::string_view name, absl::string_view above);

// Host objects have addresses where they lie in one of the registry's TLDs (RFC 5732 §3.2.1), attributes where they lie in the
// domain that they are of (RFC 5731 §1.1).
bool WantsGlue(const RegistryConfig& registry, absl::string_view domain, absl::string_view host);

// A nameserver of `domain` as the registry wants it: with its addresses, or without.
epp::DomainHost HostFor(const RegistryConfig& registry, absl::string_view domain, const std::string& host,
                        const std::vector<std::string>& addresses);

// As it stands in a comparison: "2001:DB8:0::1" -> "2001:db8::1"; what is no address stays as it is.
std::string CanonicalAddress(const std::string& address);
// Each canonical, sorted, each once.
std::vector<std::string> CanonicalAddresses(const std::vector<std::string>& addresses);

}  // namespace quartet::controller
