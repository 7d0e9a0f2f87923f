// All sockets of a name server and the threads behind them.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "nameserver/answer/identity.h"
#include "nameserver/serve/counters.h"
#include "nameserver/serve/responder.h"
#include "nameserver/serve/socket_address.h"
#include "nameserver/serve/tcp_server.h"
#include "nameserver/serve/udp_worker.h"

namespace quartet::nameserver {

struct ServeOptions {
  // At least one; port 0: the kernel chooses, the same for UDP and TCP.
  std::vector<SocketAddress> listen;
  // UDP threads; 0: one per core.
  int workers = 0;
  // How long a UDP thread with nothing to do goes on asking before it sleeps; 0: it sleeps at once.
  std::chrono::microseconds busy_poll = {};
  TcpLimits tcp = {};
  // What those who ask are told of the server; for who makes the responders.
  ServerIdentity identity = {};
};

// Thread-safe, but for Close.
class Server {
 public:
  // Opens all sockets and begins to answer; opens nothing if one can't be opened. Errors: see
  // OpenListenSockets.
  static absl::StatusOr<std::unique_ptr<Server>> Open(const ServeOptions& options,
                                                      const ResponderFactory& make_responder);
  // Closes first.
  ~Server();

  // On return no socket is open and no thread runs. Datagrams the kernel had queued are answered; TCP
  // connections end.
  void Close();

  // Where it answers, in the order of `listen`, with the ports the kernel chose.
  const std::vector<SocketAddress>& addresses() const { return addresses_; }
  ServeTotals Totals() const;

 private:
  Server() = default;

  std::vector<SocketAddress> addresses_;
  std::vector<std::unique_ptr<UdpWorker>> udp_;
  std::unique_ptr<TcpServer> tcp_;
};

}  // namespace quartet::nameserver
