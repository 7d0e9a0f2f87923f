#include "nameserver/serve/server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "nameserver/serve/test_client.h"
#include "nameserver/serve/test_responder.h"

namespace quartet::nameserver {
namespace {

TEST(ServerTest, AnswersUdpAndTcpOnEveryAddressWithSeveralWorkers) {
  const absl::StatusOr<std::unique_ptr<Server>> server = Server::Open(
      {.listen = {*SocketAddress::Parse("127.0.0.1:0"), *SocketAddress::Parse("[::1]:0")}, .workers = 2},
      MakeEcho());
  ASSERT_TRUE(server.ok()) << server.status();
  ASSERT_EQ((*server)->addresses().size(), 2u);
  for (const SocketAddress& address : (*server)->addresses()) {
    // Several clients, so that both workers get some.
    for (int i = 0; i < 16; ++i) {
      const FileDescriptor udp = ConnectTo(address, SOCK_DGRAM);
      ASSERT_TRUE(SendAll(udp, QueryBytes(1)));
      EXPECT_EQ(ReceiveSome(udp).size(), 12u);
    }
    const FileDescriptor tcp = ConnectTo(address, SOCK_STREAM);
    ASSERT_TRUE(SendAll(tcp, Framed(QueryBytes(1))));
    EXPECT_EQ(ReceiveExactly(tcp, 14).size(), 14u);
  }
  (*server)->Close();
  const ServeTotals totals = (*server)->Totals();
  EXPECT_EQ(totals.queries, 34u);
  EXPECT_EQ(totals.responses[0], 34u);
  EXPECT_EQ(totals.connections, 2u);
}

TEST(ServerTest, AnswersWithBusyPolling) {
  const absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Open({.listen = {*SocketAddress::Parse("127.0.0.1:0")},
                    .workers = 1,
                    .busy_poll = std::chrono::microseconds(50)},
                   MakeEcho());
  ASSERT_TRUE(server.ok()) << server.status();
  const FileDescriptor udp = ConnectTo((*server)->addresses()[0], SOCK_DGRAM);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(SendAll(udp, QueryBytes(1)));
    EXPECT_EQ(ReceiveSome(udp).size(), 12u);
  }
}

TEST(ServerTest, OpensNothingIfOneAddressIsTaken) {
  const absl::StatusOr<std::unique_ptr<Server>> first =
      Server::Open({.listen = {*SocketAddress::Parse("127.0.0.1:0")}, .workers = 1}, MakeEcho());
  ASSERT_TRUE(first.ok()) << first.status();
  const SocketAddress free = SocketAddress::Parse("127.0.0.9:0")->WithPort((*first)->addresses()[0].port());
  const ServeOptions options = {.listen = {free, (*first)->addresses()[0]}, .workers = 1};
  EXPECT_EQ(Server::Open(options, MakeEcho()).status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(Server::Open({.listen = {free}, .workers = 1}, MakeEcho()).ok());
}

TEST(ServerTest, AfterCloseThePortsAreFree) {
  const absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Open({.listen = {*SocketAddress::Parse("127.0.0.1:0")}, .workers = 2}, MakeEcho());
  ASSERT_TRUE(server.ok()) << server.status();
  (*server)->Close();
  (*server)->Close();
  EXPECT_TRUE(Server::Open({.listen = (*server)->addresses(), .workers = 1}, MakeEcho()).ok());
}

}  // namespace
}  // namespace quartet::nameserver
