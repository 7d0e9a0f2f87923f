// What a server tells of itself to those who ask.
#pragma once

#include <cstddef>
#include <string>

namespace quartet::nameserver {

// Each at most kMaxText octets. Empty: it does not say (NSID is left out, the name is REFUSED).
struct ServerIdentity {
  // Leaves an answer of 512 octets room for the longest question.
  static constexpr size_t kMaxText = 128;

  // The EDNS option (RFC 5001).
  std::string nsid;
  // id.server (RFC 4892) and hostname.bind.
  std::string server_id;
  // version.server and version.bind.
  std::string version;
};

}  // namespace quartet::nameserver
