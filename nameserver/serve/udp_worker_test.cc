#include "nameserver/serve/udp_worker.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "nameserver/serve/sockets.h"
#include "nameserver/serve/test_client.h"
#include "nameserver/serve/test_responder.h"

namespace quartet::nameserver {
namespace {

SocketAddress Address(const char* text) { return *SocketAddress::Parse(text); }

struct Opened {
  SocketAddress address;
  UdpWorker::Socket socket;
};

Opened Open(const char* text) {
  absl::StatusOr<ListenSockets> sockets = OpenListenSockets(Address(text), 1);
  EXPECT_TRUE(sockets.ok()) << sockets.status();
  return {sockets->address, {std::move(sockets->udp[0]), sockets->address.is_wildcard()}};
}

std::vector<UdpWorker::Socket> One(UdpWorker::Socket socket) {
  std::vector<UdpWorker::Socket> sockets;
  sockets.push_back(std::move(socket));
  return sockets;
}

ServeTotals Totals(const UdpWorker& worker) {
  ServeTotals totals;
  worker.counters().AddTo(totals);
  return totals;
}

TEST(UdpWorkerTest, AnswersOnIpv4AndIpv6) {
  for (const char* text : {"127.0.0.1:0", "[::1]:0"}) {
    Opened opened = Open(text);
    UdpWorker worker("test", One(std::move(opened.socket)), MakeEcho());
    const FileDescriptor client = ConnectTo(opened.address, SOCK_DGRAM);
    ASSERT_TRUE(SendAll(client, QueryBytes(0x1234, 20)));
    const std::string answer = ReceiveSome(client);
    ASSERT_EQ(answer.size(), 32u);
    EXPECT_EQ(answer.substr(0, 2), "\x12\x34");
    EXPECT_EQ(answer[2] & 0x80, 0x80);
  }
}

TEST(UdpWorkerTest, AnswersEachOfManyThatWaitTogether) {
  Opened opened = Open("127.0.0.1:0");
  const FileDescriptor client = ConnectTo(opened.address, SOCK_DGRAM);
  constexpr uint16_t kQueries = 150;
  for (uint16_t id = 0; id < kQueries; ++id) ASSERT_TRUE(SendAll(client, QueryBytes(id, id)));
  // Begins with several full batches in its queue.
  UdpWorker worker("test", One(std::move(opened.socket)), MakeEcho());
  std::set<std::string> answers;
  for (uint16_t i = 0; i < kQueries; ++i) {
    const std::string answer = ReceiveSome(client);
    ASSERT_GE(answer.size(), 12u);
    const size_t id = static_cast<uint8_t>(answer[0]) * 256 + static_cast<uint8_t>(answer[1]);
    EXPECT_EQ(answer.size(), 12 + id) << "an answer belongs to its query";
    answers.insert(answer.substr(0, 2));
  }
  EXPECT_EQ(answers.size(), kQueries);
}

TEST(UdpWorkerTest, ServesSeveralSocketsInOneThread) {
  Opened v4 = Open("127.0.0.1:0");
  Opened v6 = Open("[::1]:0");
  std::vector<UdpWorker::Socket> sockets;
  sockets.push_back(std::move(v4.socket));
  sockets.push_back(std::move(v6.socket));
  UdpWorker worker("test", std::move(sockets), MakeEcho());
  for (const SocketAddress& address : {v4.address, v6.address}) {
    const FileDescriptor client = ConnectTo(address, SOCK_DGRAM);
    ASSERT_TRUE(SendAll(client, QueryBytes(7)));
    EXPECT_EQ(ReceiveSome(client).size(), 12u) << address.ToString();
  }
}

// The client's socket is connected: it takes answers from the address it asked only.
TEST(UdpWorkerTest, OnAWildcardAddressAnswersFromTheAddressThatWasAsked) {
  Opened v4 = Open("0.0.0.0:0");
  UdpWorker worker("test", One(std::move(v4.socket)), MakeEcho());
  for (const char* text : {"127.0.0.1:0", "127.7.7.7:0"}) {
    const FileDescriptor client = ConnectTo(Address(text).WithPort(v4.address.port()), SOCK_DGRAM);
    ASSERT_TRUE(SendAll(client, QueryBytes(1)));
    EXPECT_EQ(ReceiveSome(client).size(), 12u) << text;
  }
  Opened v6 = Open("[::]:0");
  UdpWorker worker6("test", One(std::move(v6.socket)), MakeEcho());
  const FileDescriptor client = ConnectTo(Address("[::1]:0").WithPort(v6.address.port()), SOCK_DGRAM);
  ASSERT_TRUE(SendAll(client, QueryBytes(1)));
  EXPECT_EQ(ReceiveSome(client).size(), 12u);
}

TEST(UdpWorkerTest, IgnoresWhatIsNoQueryAndCountsAll) {
  Opened opened = Open("127.0.0.1:0");
  UdpWorker worker("test", One(std::move(opened.socket)), MakeEcho());
  const FileDescriptor client = ConnectTo(opened.address, SOCK_DGRAM);
  ASSERT_EQ(send(client.get(), "", 0, 0), 0);
  ASSERT_TRUE(SendAll(client, "short"));
  std::string refused = QueryBytes(3);
  refused[3] = 5;
  ASSERT_TRUE(SendAll(client, refused));
  EXPECT_EQ(ReceiveSome(client).size(), 12u);
  worker.Stop();
  const ServeTotals totals = Totals(worker);
  EXPECT_EQ(totals.queries, 3u);
  EXPECT_EQ(totals.ignored, 2u);
  EXPECT_EQ(totals.responses[5], 1u);
  EXPECT_EQ(totals.send_drops, 0u);
}

TEST(UdpWorkerTest, ALongDatagramIsCutAndItsAnswerFitsTheRoom) {
  Opened opened = Open("127.0.0.1:0");
  UdpWorker worker("test", One(std::move(opened.socket)), MakeEcho());
  const FileDescriptor client = ConnectTo(opened.address, SOCK_DGRAM);
  ASSERT_TRUE(SendAll(client, QueryBytes(1, 60000)));
  EXPECT_EQ(ReceiveSome(client).size(), UdpBatch::kAnswerBytes);
  ASSERT_TRUE(SendAll(client, QueryBytes(2)));
  EXPECT_EQ(ReceiveSome(client).size(), 12u) << "the next one is whole again";
}

// Its client is gone: an ICMP error comes back for each answer.
TEST(UdpWorkerTest, GoesOnAfterClientsThatVanished) {
  Opened opened = Open("127.0.0.1:0");
  UdpWorker worker("test", One(std::move(opened.socket)), MakeEcho());
  for (uint16_t id = 0; id < 100; ++id)
    ASSERT_TRUE(SendAll(ConnectTo(opened.address, SOCK_DGRAM), QueryBytes(id)));
  const FileDescriptor client = ConnectTo(opened.address, SOCK_DGRAM);
  ASSERT_TRUE(SendAll(client, QueryBytes(1)));
  EXPECT_EQ(ReceiveSome(client).size(), 12u);
}

// Before it sleeps, while it does, and when it is stopped in the middle of its asking.
TEST(UdpWorkerTest, AnswersWhileItPollsAndAfterItSlept) {
  for (const bool several : {false, true}) {
    Opened opened = Open("127.0.0.1:0");
    std::vector<UdpWorker::Socket> sockets = One(std::move(opened.socket));
    if (several) sockets.push_back(Open("[::1]:0").socket);
    UdpWorker worker("test", std::move(sockets), MakeEcho(), std::chrono::microseconds(200));
    const FileDescriptor client = ConnectTo(opened.address, SOCK_DGRAM);
    for (uint16_t id = 0; id < 50; ++id) {
      ASSERT_TRUE(SendAll(client, QueryBytes(id)));
      ASSERT_EQ(ReceiveSome(client).size(), 12u) << id;
      // Every other one comes when it has given up asking, as a rule.
      if (id % 2 == 0) std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
  }
  Opened opened = Open("127.0.0.1:0");
  UdpWorker polling("test", One(std::move(opened.socket)), MakeEcho(), std::chrono::hours(1));
  const FileDescriptor client = ConnectTo(opened.address, SOCK_DGRAM);
  ASSERT_TRUE(SendAll(client, QueryBytes(1)));
  EXPECT_EQ(ReceiveSome(client).size(), 12u);
  polling.Stop();
  EXPECT_EQ(Totals(polling).queries, 1u);
}

TEST(UdpWorkerTest, StopsWhileItWaitsAndClosesItsSocket) {
  for (const char* text : {"127.0.0.1:0", "[::1]:0"}) {
    Opened opened = Open(text);
    UdpWorker worker("test", One(std::move(opened.socket)), MakeEcho());
    worker.Stop();
    EXPECT_TRUE(OpenListenSockets(opened.address, 1).ok()) << "the port is free again";
  }
}

TEST(UdpWorkerTest, AnswersWhatWasQueuedBeforeItStops) {
  Opened opened = Open("127.0.0.1:0");
  const FileDescriptor client = ConnectTo(opened.address, SOCK_DGRAM);
  for (uint16_t id = 0; id < 100; ++id) ASSERT_TRUE(SendAll(client, QueryBytes(id)));
  UdpWorker worker("test", One(std::move(opened.socket)), MakeEcho());
  worker.Stop();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(ReceiveSome(client).size(), 12u) << i;
}

}  // namespace
}  // namespace quartet::nameserver
