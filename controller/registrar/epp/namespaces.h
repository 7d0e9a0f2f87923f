// XML namespaces of EPP.
#pragma once

#include "absl/strings/string_view.h"

namespace quartet::controller::epp {

inline constexpr absl::string_view kEppNamespace = "urn:ietf:params:xml:ns:epp-1.0";          // RFC 5730
inline constexpr absl::string_view kDomainNamespace = "urn:ietf:params:xml:ns:domain-1.0";    // RFC 5731
inline constexpr absl::string_view kHostNamespace = "urn:ietf:params:xml:ns:host-1.0";        // RFC 5732
inline constexpr absl::string_view kContactNamespace = "urn:ietf:params:xml:ns:contact-1.0";  // RFC 5733
inline constexpr absl::string_view kSecDnsNamespace = "urn:ietf:params:xml:ns:secDNS-1.1";    // RFC 5910
inline constexpr absl::string_view kRgpNamespace = "urn:ietf:params:xml:ns:rgp-1.0";          // RFC 3915

}  // namespace quartet::controller::epp
