// udp_echo plain|serve ADDRESS:PORT: sends every datagram back with the response bit set, on one thread.
//
// plain: a bare recvmmsg and sendmmsg loop, the floor of what the kernel's UDP path costs. serve: through
// nameserver/serve, so that the difference to plain is what that costs.
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>

#include "nameserver/serve/server.h"
#include "nameserver/serve/sockets.h"
#include "nameserver/serve/test_responder.h"
#include "replication/base/readiness.h"

namespace quartet::nameserver {
namespace {

constexpr size_t kBatch = 64;

struct Buffers {
  std::array<mmsghdr, kBatch> messages = {};
  std::array<iovec, kBatch> vectors = {};
  std::array<sockaddr_in, kBatch> sources = {};
  std::array<std::array<uint8_t, 2048>, kBatch> bytes = {};
};

[[noreturn]] void EchoPlainly(int fd) {
  const auto buffers = std::make_unique<Buffers>();
  auto& [messages, vectors, sources, bytes] = *buffers;
  for (;;) {
    for (size_t i = 0; i < kBatch; ++i) {
      vectors[i] = {bytes[i].data(), bytes[i].size()};
      messages[i].msg_hdr = {};
      messages[i].msg_hdr.msg_name = &sources[i];
      messages[i].msg_hdr.msg_namelen = sizeof(sockaddr_in);
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int received = recvmmsg(fd, messages.data(), kBatch, MSG_WAITFORONE, nullptr);
    for (int i = 0; i < received; ++i) {
      bytes[static_cast<size_t>(i)][2] |= 0x80;
      vectors[static_cast<size_t>(i)].iov_len = messages[static_cast<size_t>(i)].msg_len;
    }
    for (int sent = 0; sent < received;) {
      const int n = sendmmsg(fd, messages.data() + sent, static_cast<unsigned>(received - sent), 0);
      if (n <= 0) break;
      sent += n;
    }
  }
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}

int Run(const char* mode, const char* listen) {
  const absl::StatusOr<SocketAddress> address = SocketAddress::Parse(listen);
  if (!address.ok()) return Fail(address.status());
  if (std::strcmp(mode, "serve") == 0) {
    const auto server = Server::Open({.listen = {*address}, .workers = 1}, MakeEcho());
    if (!server.ok()) return Fail(server.status());
    replication::NotifyReady();
    for (;;) pause();
  }
  const absl::StatusOr<ListenSockets> sockets = OpenListenSockets(*address, 1);
  if (!sockets.ok()) return Fail(sockets.status());
  replication::NotifyReady();
  EchoPlainly(sockets->udp[0].get());
}

}  // namespace
}  // namespace quartet::nameserver

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: udp_echo plain|serve ADDRESS:PORT\n");
    return 2;
  }
  return quartet::nameserver::Run(argv[1], argv[2]);
}
