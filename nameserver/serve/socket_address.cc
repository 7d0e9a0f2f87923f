#include "nameserver/serve/socket_address.h"

#include <arpa/inet.h>
#include <net/if.h>

#include <cstring>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace quartet::nameserver {
namespace {

absl::Status Unreadable(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat("\"", text,
                                                 "\" is no address and port: write it as 192.0.2.1:53 or "
                                                 "[2001:db8::1]:53 (an address, not a host name)"));
}

// "2001:db8::1" or "fe80::1%eth0".
std::optional<in6_addr> ParseIpv6(absl::string_view text, uint32_t* scope) {
  const size_t percent = text.find('%');
  in6_addr address;
  if (inet_pton(AF_INET6, std::string(text.substr(0, percent)).c_str(), &address) != 1) return std::nullopt;
  if (percent == absl::string_view::npos) return address;
  *scope = if_nametoindex(std::string(text.substr(percent + 1)).c_str());
  if (*scope == 0) return std::nullopt;
  return address;
}

}  // namespace

absl::StatusOr<SocketAddress> SocketAddress::Parse(absl::string_view text) {
  const size_t colon = text.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(text.substr(colon + 1), &port) || port > 65535) {
    return Unreadable(text);
  }
  absl::string_view host = text.substr(0, colon);
  SocketAddress result;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&result.storage_);
    const std::optional<in6_addr> address = ParseIpv6(host.substr(1, host.size() - 2), &v6->sin6_scope_id);
    if (!address.has_value()) return Unreadable(text);
    v6->sin6_family = AF_INET6;
    v6->sin6_addr = *address;
    return result.WithPort(static_cast<uint16_t>(port));
  }
  auto* v4 = reinterpret_cast<sockaddr_in*>(&result.storage_);
  if (inet_pton(AF_INET, std::string(host).c_str(), &v4->sin_addr) != 1) return Unreadable(text);
  v4->sin_family = AF_INET;
  return result.WithPort(static_cast<uint16_t>(port));
}

absl::StatusOr<SocketAddress> SocketAddress::BoundTo(int fd) {
  SocketAddress result;
  socklen_t size = sizeof(result.storage_);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&result.storage_), &size) != 0 ||
      (result.family() != AF_INET && result.family() != AF_INET6)) {
    return absl::InternalError("a socket without an address");
  }
  return result;
}

SocketAddress SocketAddress::FromKernel(const sockaddr_storage& storage) {
  SocketAddress result;
  result.storage_ = storage;
  return result;
}

bool SocketAddress::is_wildcard() const {
  if (is_ipv6()) {
    return IN6_IS_ADDR_UNSPECIFIED(&reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_addr) != 0;
  }
  return reinterpret_cast<const sockaddr_in*>(&storage_)->sin_addr.s_addr == INADDR_ANY;
}

uint16_t SocketAddress::port() const {
  // sin_port and sin6_port lie at the same place.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&storage_)->sin_port);
}

SocketAddress SocketAddress::WithPort(uint16_t port) const {
  SocketAddress result = *this;
  reinterpret_cast<sockaddr_in*>(&result.storage_)->sin_port = htons(port);
  return result;
}

std::string SocketAddress::ToString() const {
  char buffer[INET6_ADDRSTRLEN];
  if (!is_ipv6()) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage_);
    return absl::StrCat(inet_ntop(AF_INET, &v4->sin_addr, buffer, sizeof(buffer)), ":", port());
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage_);
  std::string scope;
  char name[IF_NAMESIZE];
  if (v6->sin6_scope_id != 0 && if_indextoname(v6->sin6_scope_id, name) != nullptr)
    scope = absl::StrCat("%", name);
  return absl::StrCat("[", inet_ntop(AF_INET6, &v6->sin6_addr, buffer, sizeof(buffer)), scope, "]:", port());
}

SocketAddress::SourceKey SocketAddress::source_key() const {
  SourceKey key = {};
  if (is_ipv6()) {
    key[0] = 6;
    std::memcpy(key.data() + 1, &reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_addr, 8);
  } else {
    key[0] = 4;
    std::memcpy(key.data() + 1, &reinterpret_cast<const sockaddr_in*>(&storage_)->sin_addr, 4);
  }
  return key;
}

}  // namespace quartet::nameserver
