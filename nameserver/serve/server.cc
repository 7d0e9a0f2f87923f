#include "nameserver/serve/server.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nameserver/serve/sockets.h"

namespace quartet::nameserver {
namespace {

int WorkerCount(int asked) {
  return asked > 0 ? asked : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Open(const ServeOptions& options,
                                                     const ResponderFactory& make_responder) {
  const int workers = WorkerCount(options.workers);
  std::unique_ptr<Server> server(new Server());
  std::vector<std::vector<UdpWorker::Socket>> udp(static_cast<size_t>(workers));
  std::vector<FileDescriptor> tcp;
  for (const SocketAddress& address : options.listen) {
    absl::StatusOr<ListenSockets> sockets = OpenListenSockets(address, workers, options.busy_poll);
    if (!sockets.ok()) return sockets.status();
    server->addresses_.push_back(sockets->address);
    for (size_t i = 0; i < udp.size(); ++i) {
      udp[i].push_back({.fd = std::move(sockets->udp[i]), .packet_info = address.is_wildcard()});
    }
    tcp.push_back(std::move(sockets->tcp));
  }
  if (tcp.empty()) return absl::InvalidArgumentError("no address to listen on: give at least one --listen");
  absl::StatusOr<std::unique_ptr<TcpServer>> started =
      TcpServer::Start(std::move(tcp), options.tcp, make_responder);
  if (!started.ok()) return started.status();
  server->tcp_ = *std::move(started);
  for (size_t i = 0; i < udp.size(); ++i) {
    server->udp_.push_back(std::make_unique<UdpWorker>(absl::StrCat("udp-", i), std::move(udp[i]),
                                                       make_responder, options.busy_poll));
  }
  return server;
}

Server::~Server() { Close(); }

void Server::Close() {
  for (const std::unique_ptr<UdpWorker>& worker : udp_) worker->Stop();
  if (tcp_ != nullptr) tcp_->Stop();
}

ServeTotals Server::Totals() const {
  ServeTotals totals;
  for (const std::unique_ptr<UdpWorker>& worker : udp_) worker->counters().AddTo(totals);
  tcp_->counters().AddTo(totals);
  return totals;
}

}  // namespace quartet::nameserver
