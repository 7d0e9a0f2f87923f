#include "nameserver/serve/tcp_server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "nameserver/serve/test_client.h"
#include "nameserver/serve/test_responder.h"
#include "nameserver/serve/test_tcp_server.h"

namespace quartet::nameserver {
namespace {

// A query whose answer EchoResponder makes `size` octets long.
std::string QueryFor(uint16_t id, size_t size) {
  std::string query = QueryBytes(id);
  query[10] = static_cast<char>(size >> 8);
  query[11] = static_cast<char>(size);
  return Framed(query);
}

class TcpServerTest : public TcpServerFixture {
 protected:
  ServeTotals Stopped() {
    server_->Stop();
    return Totals();
  }
};

TEST_F(TcpServerTest, AnswersManyQueriesOnOneConnection) {
  for (const char* listen : {"127.0.0.1:0", "[::1]:0"}) {
    StartWith({}, listen);
    const FileDescriptor client = Connect();
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(Works(client)) << listen;
  }
}

TEST_F(TcpServerTest, AnswersPipelinedQueriesAndThoseCutAnywhere) {
  StartWith({});
  const FileDescriptor client = Connect();
  std::string stream;
  for (uint16_t id = 0; id < 200; ++id) stream += Framed(QueryBytes(id, id));
  for (size_t at = 0; at < stream.size(); at += 1009) ASSERT_TRUE(SendAll(client, stream.substr(at, 1009)));
  const std::string answers = ReceiveExactly(client, stream.size());
  ASSERT_EQ(answers.size(), stream.size());
  for (size_t at = 0, id = 0; id < 200; ++id) {
    EXPECT_EQ(static_cast<uint8_t>(answers[at + 3]), id & 0xff);
    at += 14 + id;
  }
  EXPECT_EQ(Stopped().queries, 200u);
}

// 64 answers of 64 KiB are more than the sockets' buffers hold: the server has to stop reading, and to go on
// later.
TEST_F(TcpServerTest, WaitsForAClientThatReadsLater) {
  StartWith({});
  const FileDescriptor client = Connect();
  std::string stream;
  for (uint16_t id = 0; id < 64; ++id) stream += QueryFor(id, 65535);
  ASSERT_TRUE(SendAll(client, stream));
  EXPECT_TRUE(Works(Connect())) << "others are served meanwhile";
  for (uint16_t id = 0; id < 64; ++id) {
    const std::string answer = ReceiveExactly(client, 65537);
    ASSERT_EQ(answer.size(), 65537u);
    EXPECT_EQ(static_cast<uint8_t>(answer[3]), id);
  }
  EXPECT_TRUE(Works(client));
}

TEST_F(TcpServerTest, AnswersAClientThatEndedItsSideAndCloses) {
  StartWith({});
  const FileDescriptor client = Connect();
  ASSERT_TRUE(SendAll(client, Framed(QueryBytes(1)) + Framed(QueryBytes(2))));
  shutdown(client.get(), SHUT_WR);
  EXPECT_EQ(ReceiveExactly(client, 100).size(), 28u);
}

TEST_F(TcpServerTest, ClosesAConnectionThatSendsNoDns) {
  StartWith({});
  const FileDescriptor client = Connect();
  ASSERT_TRUE(SendAll(client, Framed("HTTP/1.1")));
  EXPECT_EQ(ReceiveSome(client), "");
  EXPECT_TRUE(Works(Connect()));
  EXPECT_EQ(Stopped().ignored, 1u);
}

TEST_F(TcpServerTest, ClosesIdleConnections) {
  StartWith({.idle_ms = 100});
  const FileDescriptor client = Connect();
  EXPECT_TRUE(Works(client));
  EXPECT_EQ(ReceiveSome(client), "") << "the server's end, not our limit of ten seconds";
  EXPECT_EQ(Stopped().shed_for(ShedReason::kIdle), 1u);
}

// A byte now and then (slow loris) is no query.
TEST_F(TcpServerTest, BytesTricklingInProlongNothing) {
  StartWith({.idle_ms = 300});
  const FileDescriptor client = Connect();
  const auto start = std::chrono::steady_clock::now();
  const timeval pause = {.tv_sec = 0, .tv_usec = 20'000};
  setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof(pause));
  char byte;
  // recv paces the bytes; it ends with something else than its time when the server closes.
  while (send(client.get(), "\xff", 1, MSG_NOSIGNAL) == 1) {
    if (recv(client.get(), &byte, 1, 0) >= 0 || (errno != EAGAIN && errno != EINTR)) break;
    ASSERT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(8));
  }
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(250));
}

TEST_F(TcpServerTest, UnderPressureTheLimitForIdlingIsTheShorterOne) {
  StartWith({.connections = 4, .idle_ms = 60'000, .idle_under_pressure_ms = 100});
  std::vector<FileDescriptor> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(Connect());
    EXPECT_TRUE(Works(clients.back()));
  }
  EXPECT_EQ(ReceiveSome(clients[0]), "") << "the one idle longest makes room";
}

TEST_F(TcpServerTest, AtTheLimitTheConnectionIdleLongestMakesRoom) {
  StartWith({.connections = 3, .idle_under_pressure_ms = 60'000});
  std::vector<FileDescriptor> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(Connect());
    EXPECT_TRUE(Works(clients.back()));
  }
  EXPECT_TRUE(Works(clients[0]));
  EXPECT_TRUE(Works(Connect()));
  EXPECT_EQ(ReceiveSome(clients[1]), "") << "the second was idle longest";
  EXPECT_TRUE(Works(clients[0]));
  EXPECT_TRUE(Works(clients[2]));
}

TEST_F(TcpServerTest, OneSourceCantTakeAllConnections) {
  StartWith({.connections_per_source = 2});
  const FileDescriptor first = Connect();
  const FileDescriptor second = Connect();
  EXPECT_TRUE(Works(first));
  EXPECT_TRUE(Works(second));
  EXPECT_EQ(ReceiveSome(Connect()), "");
  const SocketAddress other = *SocketAddress::Parse("127.0.0.2:0");
  EXPECT_TRUE(Works(ConnectTo(address_, SOCK_STREAM, &other)));
  EXPECT_TRUE(Works(first));
}

TEST_F(TcpServerTest, StopClosesWhatIsOpen) {
  StartWith({});
  const FileDescriptor client = Connect();
  EXPECT_TRUE(Works(client));
  server_->Stop();
  EXPECT_EQ(ReceiveSome(client), "");
  EXPECT_FALSE(Connect().valid());
}

}  // namespace
}  // namespace quartet::nameserver
