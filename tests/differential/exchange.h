// Many queries to several servers at once, over UDP and TCP, with windows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::differential {

using Bytes = std::vector<uint8_t>;

// "NAME=IPV4:PORT".
struct Server {
  std::string name;
  uint32_t address;  // host order
  uint16_t port;

  static absl::StatusOr<Server> Parse(absl::string_view text);
};

struct Sending {
  // With any id: the sender writes its own.
  Bytes query;
  bool tcp = false;
};

// The answers to `sendings` by each of `servers`: result[server][sending]; empty: none came, though it was asked
// three times within some seconds, or over three connections, or the
// server had answered none of many before. UNAVAILABLE: no socket to be had.
absl::StatusOr<std::vector<std::vector<Bytes>>> Exchange(const std::vector<Server>& servers,
                                                         const std::vector<Sending>& sendings);

}  // namespace quartet::differential
