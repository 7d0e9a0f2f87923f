// RFC 7766 §6.2, §10: what clients may do to a TCP server, many or ill-meaning, and what others see of it: nothing.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "nameserver/metrics/process_sizes.h"
#include "nameserver/serve/tcp_server.h"
#include "nameserver/serve/test_client.h"
#include "nameserver/serve/test_responder.h"
#include "nameserver/serve/test_tcp_server.h"

namespace quartet::nameserver {
namespace {

constexpr size_t kUnlimited = 1 << 20;
constexpr int64_t kLong = 60'000;
// Long enough for a client that is served at once, on a machine that is busy.
constexpr int64_t kShort = 1'500;

class TcpLimitsTest : public TcpServerFixture {
 protected:
  uint64_t Shed(ShedReason reason) const { return Totals().shed_for(reason); }
  // Lets the server work, by being served, until it has closed so many.
  void AwaitShed(ShedReason reason, uint64_t count) {
    const auto start = std::chrono::steady_clock::now();
    while (Shed(reason) < count) {
      ASSERT_TRUE(Works(Connect())) << "others are served all the time";
      ASSERT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
    }
  }
};

TEST_F(TcpLimitsTest, OfTenThousandIdleConnectionsTheNewestStayAndNewOnesAreServed) {
  constexpr size_t kClients = 10'000;
  constexpr size_t kPlaces = 1'000;
  rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  if (limit.rlim_max < kClients + kPlaces + 100) GTEST_SKIP() << "too few file descriptors";
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  StartWith({.connections = kPlaces,
             .connections_per_source = kUnlimited,
             .idle_ms = kLong,
             .idle_under_pressure_ms = kLong});
  const size_t before = ResidentBytes();
  std::vector<FileDescriptor> clients;
  for (size_t i = 0; i < kClients; ++i) {
    clients.push_back(Connect());
    ASSERT_TRUE(clients.back().valid()) << i;
    // The length of a query of 64 KiB that never comes.
    if (i % 100 > 10 && i % 100 < 90) {
      ASSERT_TRUE(SendAll(clients.back(), "\xff\xff"));
    }
    // Served now and then, so that the server keeps up and it is known who is oldest.
    if (i % 100 == 0) {
      ASSERT_TRUE(Works(clients.back())) << i;
    }
  }
  EXPECT_TRUE(Works(clients.back()));
  EXPECT_TRUE(Works(Connect()));
  EXPECT_GE(Shed(ShedReason::kRoom), kClients - kPlaces);
  for (const size_t old : {size_t{0}, size_t{4'321}, kClients - kPlaces - 100}) {
    EXPECT_EQ(ReceiveSome(clients[old]), "") << old;
  }
  for (const size_t young : {kClients - kPlaces + 100, kClients - 501, kClients - 1}) {
    EXPECT_TRUE(Works(clients[young])) << young;
  }
  // Less than what those open have promised to send. (A sanitizer keeps what was freed for a while.)
  EXPECT_LT(ResidentBytes() - before, size_t{48} << 20);
}

TEST_F(TcpLimitsTest, AClientThatNeverReadsIsClosedAndOthersAreServed) {
  StartWith({.idle_ms = kShort});
  const FileDescriptor greedy = Connect();
  std::string stream;
  for (uint16_t id = 0; id < 64; ++id) {
    std::string query = QueryBytes(id);
    query[10] = query[11] = '\xff';
    stream += Framed(query);
  }
  ASSERT_TRUE(SendAll(greedy, stream));
  AwaitShed(ShedReason::kIdle, 1);
}

TEST_F(TcpLimitsTest, TricklersCantKeepOthersOut) {
  StartWith({.connections = 100,
             .connections_per_source = kUnlimited,
             .idle_ms = kShort,
             .idle_under_pressure_ms = kShort});
  std::vector<FileDescriptor> tricklers;
  for (int i = 0; i < 300; ++i) {
    tricklers.push_back(Connect());
    // The beginning of a length, which may come to stand behind the server's end.
    send(tricklers.back().get(), "\xff", 1, MSG_NOSIGNAL);
    if (i % 50 == 0) {
      EXPECT_TRUE(Works(Connect())) << i;
    }
  }
  for (const FileDescriptor& trickler : tricklers) send(trickler.get(), "\xff", 1, MSG_NOSIGNAL);
  // All are gone in the end, those that still had a place for idling.
  AwaitShed(ShedReason::kRoom, 200);
  AwaitShed(ShedReason::kIdle, 50);
  for (const FileDescriptor& trickler : tricklers) EXPECT_EQ(ReceiveSome(trickler), "");
}

TEST_F(TcpLimitsTest, AHalfClosedClientWithoutAWholeQueryIsClosedAtOnce) {
  StartWith({.idle_ms = kLong});
  const FileDescriptor silent = Connect();
  shutdown(silent.get(), SHUT_WR);
  EXPECT_EQ(ReceiveSome(silent), "");
  const FileDescriptor partial = Connect();
  ASSERT_TRUE(SendAll(partial, Framed(QueryBytes(1)).substr(0, 7)));
  shutdown(partial.get(), SHUT_WR);
  EXPECT_EQ(ReceiveSome(partial), "");
  EXPECT_EQ(Shed(ShedReason::kIdle), 0u) << "the clients ended it";
}

TEST_F(TcpLimitsTest, AHalfClosedClientThatReadsLateGetsAllAnswers) {
  StartWith({});
  const FileDescriptor client = Connect();
  std::string stream;
  for (uint16_t id = 0; id < 64; ++id) {
    std::string query = QueryBytes(id);
    query[10] = query[11] = '\xff';
    stream += Framed(query);
  }
  ASSERT_TRUE(SendAll(client, stream));
  shutdown(client.get(), SHUT_WR);
  EXPECT_TRUE(Works(Connect()));
  constexpr size_t kAll = size_t{64} * 65537;
  EXPECT_EQ(ReceiveExactly(client, kAll).size(), kAll);
  EXPECT_EQ(ReceiveSome(client), "");
}

TEST_F(TcpLimitsTest, BuffersBeyondTheirLimitCloseWhoHoldsThem) {
  StartWith({.connections_per_source = kUnlimited, .idle_ms = kLong, .buffered_bytes = 512 << 10});
  const FileDescriptor innocent = Connect();
  EXPECT_TRUE(Works(innocent));
  std::vector<FileDescriptor> hoarders;
  const std::string most_of_a_query = Framed(std::string(65535, '\0')).substr(0, 60'000);
  for (int i = 0; i < 30; ++i) {
    hoarders.push_back(Connect());
    send(hoarders.back().get(), most_of_a_query.data(), most_of_a_query.size(), MSG_NOSIGNAL);
  }
  AwaitShed(ShedReason::kMemory, 20);
  EXPECT_TRUE(Works(innocent)) << "it held nothing";
}

TEST_F(TcpLimitsTest, SourcesBeyondTheirShareAreCounted) {
  StartWith({.connections_per_source = 1});
  const FileDescriptor first = Connect();
  EXPECT_TRUE(Works(first));
  EXPECT_EQ(ReceiveSome(Connect()), "");
  EXPECT_EQ(Shed(ShedReason::kSource), 1u);
}

}  // namespace
}  // namespace quartet::nameserver
