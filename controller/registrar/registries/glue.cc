#include "controller/registrar/registries/glue.h"

#include <arpa/inet.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "controller/registrar/epp/host.h"

namespace quartet::controller {

bool IsWithin(absl::string_view name, absl::string_view above) {
  if (name == above) return true;
  return name.size() > above.size() && absl::EndsWith(name, above) &&
         name[name.size() - above.size() - 1] == '.';
}

bool WantsGlue(const RegistryConfig& registry, absl::string_view domain, absl::string_view host) {
  if (registry.host_model == epp::HostModel::kAttributes) return IsWithin(host, domain);
  return std::any_of(registry.tlds.begin(), registry.tlds.end(),
                     [&](const std::string& tld) { return IsWithin(host, tld); });
}

epp::DomainHost HostFor(const RegistryConfig& registry, absl::string_view domain, const std::string& host,
                        const std::vector<std::string>& addresses) {
  if (!WantsGlue(registry, domain, host)) return {host, {}};
  return {host, addresses};
}

std::string CanonicalAddress(const std::string& address) {
  const int family = epp::IpVersion(address) == "v4" ? AF_INET : AF_INET6;
  unsigned char bytes[16];
  char text[INET6_ADDRSTRLEN];
  if (inet_pton(family, address.c_str(), bytes) != 1) return address;
  return inet_ntop(family, bytes, text, sizeof(text));
}

std::vector<std::string> CanonicalAddresses(const std::vector<std::string>& addresses) {
  std::vector<std::string> canonical;
  canonical.reserve(addresses.size());
  for (const std::string& address : addresses) canonical.push_back(CanonicalAddress(address));
  std::sort(canonical.begin(), canonical.end());
  canonical.erase(std::unique(canonical.begin(), canonical.end()), canonical.end());
  return canonical;
}

}  // namespace quartet::controller
