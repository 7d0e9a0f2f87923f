// Asking for an address over a socket, for tests.
#pragma once

#include <cstdint>
#include <string>

#include "dns/name/name.h"
#include "nameserver/serve/test_client.h"

namespace quartet::nameserver {

inline std::string AddressQuery(const dns::Name& name) {
  std::string query = QueryBytes(7);
  query[5] = 1;
  query.append(reinterpret_cast<const char*>(name.wire().data()), name.wire().size());
  return query + std::string("\0\1\0\1", 4);
}

// The last four octets: the address of a response with one A record and nothing behind it; 0: another response.
inline uint32_t Address(const std::string& response) {
  if (response.size() < 16 || response[7] != 1) return 0;
  uint32_t address = 0;
  for (size_t i = response.size() - 4; i < response.size(); ++i) {
    address = address << 8 | static_cast<uint8_t>(response[i]);
  }
  return address;
}

}  // namespace quartet::nameserver
