#include "nameserver/serve/sockets.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace quartet::nameserver {
namespace {

// Room for what arrives while a worker answers its last batch; the kernel caps it at net.core.rmem_max for
// non-root.
constexpr int kReceiveBuffer = 4 << 20;
constexpr int kSendBuffer = 1 << 20;
constexpr int kBacklog = 1024;
// A port the kernel chose for UDP may be taken for TCP; then another is tried.
constexpr int kEphemeralTries = 16;

const char* TransportName(int type) { return type == SOCK_DGRAM ? "UDP" : "TCP"; }

absl::Status SocketError(int type, const SocketAddress& address, int error) {
  const std::string what =
      absl::StrCat("can't listen on ", TransportName(type), " ", address.ToString(), ": ");
  switch (error) {
    case EADDRINUSE:
      return absl::AlreadyExistsError(
          absl::StrCat(what, "the port is taken. See who holds it with: ss -l",
                       type == SOCK_DGRAM ? "u" : "t", "np sport = :", address.port(),
                       " ; stop that, or give another --listen (Debian: systemd-resolved or bind9?)"));
    case EACCES:
    case EPERM:
      return absl::PermissionDeniedError(absl::StrCat(
          what, "ports below 1024 need a right. Run as root, or: setcap cap_net_bind_service=+ep on the",
          " program, or AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit"));
    case EADDRNOTAVAIL:
      return absl::NotFoundError(absl::StrCat(
          what, "this host does not have that address. List its addresses with: ip address ; add",
          " one with: ip address add ADDRESS dev lo"));
    default:
      return absl::UnavailableError(absl::StrCat(what, std::strerror(error)));
  }
}

bool Set(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof(value)) == 0;
}

void SetBuffers(int fd) {
  // The FORCE forms need CAP_NET_ADMIN; without it the system's limit holds, which is no error.
  if (!Set(fd, SOL_SOCKET, SO_RCVBUFFORCE, kReceiveBuffer)) Set(fd, SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  if (!Set(fd, SOL_SOCKET, SO_SNDBUFFORCE, kSendBuffer)) Set(fd, SOL_SOCKET, SO_SNDBUF, kSendBuffer);
}

// Options both transports need before bind.
bool SetCommon(int fd, const SocketAddress& address) {
  return !address.is_ipv6() || Set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

bool SetUdp(int fd, const SocketAddress& address) {
  SetBuffers(fd);
  if (address.is_ipv6()) {
    return Set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT) &&
           (!address.is_wildcard() || Set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1));
  }
  return Set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT) &&
         (!address.is_wildcard() || Set(fd, IPPROTO_IP, IP_PKTINFO, 1));
}

// With SO_REUSEPORT a second process of the same user would get a part of our queries and nobody would
// notice; so the first bind is without it.
absl::Status ProbeUdp(const SocketAddress& address) {
  const FileDescriptor probe(socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!probe.valid() || !SetCommon(probe.get(), address) ||
      bind(probe.get(), address.get(), address.size()) != 0) {
    return SocketError(SOCK_DGRAM, address, errno);
  }
  return absl::OkStatus();
}

void SetBusyPoll(int fd, std::chrono::microseconds busy_poll) {
  if (busy_poll.count() == 0) return;
  Set(fd, SOL_SOCKET, SO_BUSY_POLL, static_cast<int>(busy_poll.count()));
  Set(fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, 1);
}

absl::StatusOr<FileDescriptor> OpenUdp(const SocketAddress& address) {
  FileDescriptor fd(socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd.valid() || !SetCommon(fd.get(), address) || !Set(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1) ||
      !SetUdp(fd.get(), address) || bind(fd.get(), address.get(), address.size()) != 0) {
    return SocketError(SOCK_DGRAM, address, errno);
  }
  return fd;
}

absl::StatusOr<FileDescriptor> OpenTcp(const SocketAddress& address) {
  FileDescriptor fd(socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // Accepted sockets inherit TCP_NODELAY: an answer is written whole, nothing is to be waited for.
  if (!fd.valid() || !SetCommon(fd.get(), address) || !Set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1) ||
      !Set(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1) || bind(fd.get(), address.get(), address.size()) != 0 ||
      listen(fd.get(), kBacklog) != 0) {
    return SocketError(SOCK_STREAM, address, errno);
  }
  return fd;
}

absl::StatusOr<ListenSockets> OpenOnce(const SocketAddress& address, int workers,
                                       std::chrono::microseconds busy_poll) {
  absl::Status probed = ProbeUdp(address);
  if (!probed.ok()) return probed;
  ListenSockets sockets = {.address = address, .udp = {}, .tcp = {}};
  for (int i = 0; i < workers; ++i) {
    absl::StatusOr<FileDescriptor> udp = OpenUdp(sockets.address);
    if (!udp.ok()) return udp.status();
    absl::StatusOr<SocketAddress> bound = SocketAddress::BoundTo(udp->get());
    if (!bound.ok()) return bound.status();
    sockets.address = *bound;
    SetBusyPoll(udp->get(), busy_poll);
    sockets.udp.push_back(*std::move(udp));
  }
  absl::StatusOr<FileDescriptor> tcp = OpenTcp(sockets.address);
  if (!tcp.ok()) return tcp.status();
  sockets.tcp = *std::move(tcp);
  return sockets;
}

}  // namespace

absl::StatusOr<ListenSockets> OpenListenSockets(const SocketAddress& address, int workers,
                                                std::chrono::microseconds busy_poll) {
  absl::StatusOr<ListenSockets> sockets = OpenOnce(address, workers, busy_poll);
  for (int i = 1; address.port() == 0 && absl::IsAlreadyExists(sockets.status()) && i < kEphemeralTries;
       ++i) {
    sockets = OpenOnce(address, workers, busy_poll);
  }
  return sockets;
}

}  // namespace quartet::nameserver
