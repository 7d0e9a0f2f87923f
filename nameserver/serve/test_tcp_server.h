// A TCP server that echoes, and its clients, for tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "nameserver/serve/sockets.h"
#include "nameserver/serve/tcp_server.h"
#include "nameserver/serve/test_client.h"
#include "nameserver/serve/test_responder.h"

namespace quartet::nameserver {

class TcpServerFixture : public testing::Test {
 protected:
  void StartWith(const TcpLimits& limits, const char* listen = "127.0.0.1:0") {
    absl::StatusOr<ListenSockets> sockets = OpenListenSockets(*SocketAddress::Parse(listen), 1);
    ASSERT_TRUE(sockets.ok()) << sockets.status();
    address_ = sockets->address;
    std::vector<FileDescriptor> listeners;
    listeners.push_back(std::move(sockets->tcp));
    absl::StatusOr<std::unique_ptr<TcpServer>> server =
        TcpServer::Start(std::move(listeners), limits, MakeEcho());
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  FileDescriptor Connect() { return ConnectTo(address_, SOCK_STREAM); }
  // The server answers on this connection.
  static bool Works(const FileDescriptor& client) {
    return SendAll(client, Framed(QueryBytes(9))) && ReceiveExactly(client, 14).size() == 14;
  }
  ServeTotals Totals() const {
    ServeTotals totals;
    server_->counters().AddTo(totals);
    return totals;
  }

  SocketAddress address_ = *SocketAddress::Parse("127.0.0.1:0");
  std::unique_ptr<TcpServer> server_;
};

}  // namespace quartet::nameserver
