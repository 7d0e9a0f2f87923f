// An address and port to listen on or to hear from, IPv4 or IPv6.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::nameserver {

// A value type.
class SocketAddress {
 public:
  // "192.0.2.1:53", "[2001:db8::1]:53", "[fe80::1%eth0]:53"; the port may be 0 (the kernel chooses). Takes
  // addresses, not host names. INVALID_ARGUMENT says what is wrong and how to write it.
  static absl::StatusOr<SocketAddress> Parse(absl::string_view text);
  // The address `fd` is bound to. INTERNAL: it has none.
  static absl::StatusOr<SocketAddress> BoundTo(int fd);
  // `size` bytes as the kernel wrote them; must be of family AF_INET or AF_INET6.
  static SocketAddress FromKernel(const sockaddr_storage& storage);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return is_ipv6() ? sizeof(sockaddr_in6) : sizeof(sockaddr_in); }
  int family() const { return storage_.ss_family; }
  bool is_ipv6() const { return storage_.ss_family == AF_INET6; }
  // 0.0.0.0 or [::]: any address of this host.
  bool is_wildcard() const;
  uint16_t port() const;
  SocketAddress WithPort(uint16_t port) const;

  // As Parse takes it.
  std::string ToString() const;

  // What sources are counted by: an IPv4 address, or the /64 an IPv6 address lies in (one host has as many of
  // those addresses as it likes).
  using SourceKey = std::array<uint8_t, 9>;
  SourceKey source_key() const;

 private:
  SocketAddress() = default;

  // Invariant: ss_family is AF_INET or AF_INET6.
  sockaddr_storage storage_ = {};
};

}  // namespace quartet::nameserver
