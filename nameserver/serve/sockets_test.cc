#include "nameserver/serve/sockets.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "absl/strings/match.h"

namespace quartet::nameserver {
namespace {

SocketAddress Address(const char* text) { return *SocketAddress::Parse(text); }

TEST(SocketsTest, OpensUdpForEveryWorkerAndTcpOnOnePortOfTheKernelsChoice) {
  for (const char* text : {"127.0.0.1:0", "[::1]:0"}) {
    const absl::StatusOr<ListenSockets> sockets = OpenListenSockets(Address(text), 3);
    ASSERT_TRUE(sockets.ok()) << sockets.status();
    EXPECT_EQ(sockets->udp.size(), 3u);
    EXPECT_NE(sockets->address.port(), 0);
    for (const FileDescriptor& udp : sockets->udp) {
      EXPECT_EQ(SocketAddress::BoundTo(udp.get())->ToString(), sockets->address.ToString());
    }
    EXPECT_EQ(SocketAddress::BoundTo(sockets->tcp.get())->ToString(), sockets->address.ToString());
  }
}

TEST(SocketsTest, BothFamiliesMayUseOnePort) {
  const absl::StatusOr<ListenSockets> v6 = OpenListenSockets(Address("[::]:0"), 1);
  ASSERT_TRUE(v6.ok()) << v6.status();
  EXPECT_TRUE(OpenListenSockets(Address("0.0.0.0:0").WithPort(v6->address.port()), 1).ok());
}

// Two servers of one user with SO_REUSEPORT would each get a part of the queries.
TEST(SocketsTest, ATakenUdpPortIsAnErrorEvenWhereItCouldBeShared) {
  const absl::StatusOr<ListenSockets> first = OpenListenSockets(Address("127.0.0.1:0"), 1);
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = OpenListenSockets(first->address, 1).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(absl::StrContains(second.message(), first->address.ToString())) << second;
  EXPECT_TRUE(absl::StrContains(second.message(), "UDP")) << second;
  EXPECT_TRUE(absl::StrContains(second.message(), "ss -lunp sport = :")) << second;
}

TEST(SocketsTest, ATakenTcpPortIsAnErrorOfItsOwn) {
  absl::StatusOr<ListenSockets> first = OpenListenSockets(Address("127.0.0.1:0"), 1);
  ASSERT_TRUE(first.ok()) << first.status();
  first->udp.clear();
  const absl::Status second = OpenListenSockets(first->address, 1).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(absl::StrContains(second.message(), "TCP")) << second;
  EXPECT_TRUE(absl::StrContains(second.message(), "ss -ltnp")) << second;
}

TEST(SocketsTest, AnAddressOfAnotherHostIsAnErrorThatSaysSo) {
  const absl::Status status = OpenListenSockets(Address("192.0.2.1:5300"), 1).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(absl::StrContains(status.message(), "192.0.2.1:5300")) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "ip address")) << status;
}

}  // namespace
}  // namespace quartet::nameserver
