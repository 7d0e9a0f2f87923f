// Queries that wait for their zone, over real sockets; the loads are by hand.
#include "nameserver/serve/parking.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "dns/record_set/record_set.h"
#include "nameserver/serve/directory_responder.h"
#include "nameserver/serve/server.h"
#include "nameserver/serve/test_client.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::nameserver {
namespace {

constexpr int kNoError = 0;
constexpr int kServFail = 2;

std::string Query(uint16_t id, const std::string& name) {
  std::string query = QueryBytes(id);
  query[5] = 1;
  const dns::Name parsed = *dns::Name::Parse(name);
  query.append(reinterpret_cast<const char*>(parsed.wire().data()), parsed.wire().size());
  return query + std::string("\0\6\0\1", 4);
}

int Rcode(const std::string& response) { return response.size() < 12 ? -1 : response[3] & 15; }
int IdOf(const std::string& response) {
  return response.size() < 2 ? -1 : uint8_t(response[0]) << 8 | uint8_t(response[1]);
}

ZoneBuilder Zone(const dns::Name& apex) {
  ZoneBuilder builder(apex);
  const auto set =
      dns::RecordSet::Create(apex, 300, {*dns::RecordData::Parse(dns::Type::kSoa, "a b 1 1 1 1 1", apex)});
  EXPECT_TRUE(
      builder.Add(replication::RecordKey(apex, apex, dns::Type::kSoa), replication::EncodeServed(*set, apex))
          .ok());
  return builder;
}

class ParkingTest : public testing::Test {
 protected:
  void StartWith(const Parking::Limits& limits, const ServeOptions& more = {}) {
    parking_ = std::make_unique<Parking>(
        directory_,
        [this](absl::string_view zone_id, std::span<const uint8_t>) {
          const std::lock_guard<std::mutex> lock(mutex_);
          wanted_.emplace_back(zone_id);
          wake_.notify_all();
        },
        ServerIdentity(), limits);
    ServeOptions options = more;
    options.listen = {*SocketAddress::Parse(listen_)};
    options.workers = 1;
    absl::StatusOr<std::unique_ptr<Server>> server =
        Server::Open(options, AnswerFrom(directory_, {}, parking_.get()));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  void SetUp() override {
    for (const char* name : {"a", "b", "c"}) {
      ASSERT_TRUE(directory_.Unload(IdOfZone(name), Apex(name)).ok());
    }
    ASSERT_TRUE(directory_.Install(IdOfZone("hot"), Zone(Apex("hot"))).ok());
    directory_.Publish();
  }

  static std::string IdOfZone(const std::string& name) { return "Z" + name; }
  static dns::Name Apex(const std::string& name) { return *dns::Name::Parse(name + ".test."); }

  // The zone that is wanted next.
  std::string Wanted() {
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait(lock, [this] { return !wanted_.empty(); });
    std::string zone_id = wanted_.front();
    wanted_.pop_front();
    return zone_id;
  }
  bool NothingWanted() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return wanted_.empty();
  }
  void Load(const std::string& name) {
    ASSERT_TRUE(directory_.Install(IdOfZone(name), Zone(Apex(name))).ok());
    directory_.Publish();
    parking_->Settled(IdOfZone(name), true);
  }
  SocketAddress Address() const {
    const SocketAddress loopback = *SocketAddress::Parse("127.0.0.1:0");
    const SocketAddress& bound = server_->addresses()[0];
    return bound.is_wildcard() ? loopback.WithPort(bound.port()) : bound;
  }
  FileDescriptor Connect(int type) const { return ConnectTo(Address(), type); }
  // Until the parking has come so far.
  template <typename Condition>
  void Await(Condition condition) {
    for (int i = 0; i < 10'000 && !condition(parking_->Totals()); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_TRUE(condition(parking_->Totals()));
  }

  std::string listen_ = "127.0.0.1:0";
  Directory directory_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::string> wanted_;
  std::unique_ptr<Parking> parking_;
  std::unique_ptr<Server> server_;
};

TEST_F(ParkingTest, ADatagramIsAnsweredOnceItsZoneIsLoaded) {
  StartWith({});
  const FileDescriptor client = Connect(SOCK_DGRAM);
  ASSERT_TRUE(SendAll(client, Query(1, "a.test.")));
  EXPECT_EQ(Wanted(), "Za");
  // Others are answered meanwhile, and more of it cost no other load.
  ASSERT_TRUE(SendAll(client, Query(2, "www.hot.test.")));
  EXPECT_EQ(IdOf(ReceiveSome(client)), 2);
  ASSERT_TRUE(SendAll(client, Query(3, "www.a.test.")));
  Await([](const ParkingTotals& totals) { return totals.waiting == 2; });
  Load("a");
  std::string first = ReceiveSome(client);
  EXPECT_EQ(IdOf(first), 1);
  EXPECT_EQ(Rcode(first), kNoError);
  EXPECT_EQ(first[7], 1) << "the SOA";
  std::string second = ReceiveSome(client);
  EXPECT_EQ(IdOf(second), 3);
  EXPECT_EQ(Rcode(second), 3);
  EXPECT_TRUE(NothingWanted());
  Await([](const ParkingTotals& totals) {
    return totals.parked == 2 && totals.answered == 2 && totals.waiting == 0;
  });
  ASSERT_TRUE(SendAll(client, Query(4, "a.test.")));
  EXPECT_EQ(IdOf(ReceiveSome(client)), 4);
  server_->Close();
  EXPECT_EQ(server_->Totals().ignored, 0u);
  EXPECT_EQ(parking_->Totals().parked, 2u);
}

// The answer leaves from the address that was asked.
TEST_F(ParkingTest, OnAWildcardAddressToo) {
  listen_ = "0.0.0.0:0";
  StartWith({});
  const SocketAddress other = SocketAddress::Parse("127.0.0.7:0")->WithPort(server_->addresses()[0].port());
  const FileDescriptor client = ConnectTo(other, SOCK_DGRAM);
  ASSERT_TRUE(SendAll(client, Query(1, "a.test.")));
  Wanted();
  Load("a");
  // The socket is connected: an answer from elsewhere would not come in.
  EXPECT_EQ(Rcode(ReceiveSome(client)), kNoError);
}

TEST_F(ParkingTest, AStreamGetsItsAnswersInOrder) {
  StartWith({});
  const FileDescriptor client = Connect(SOCK_STREAM);
  const std::string last = Query(3, "x.hot.test.");
  ASSERT_TRUE(SendAll(client, Framed(Query(1, "hot.test.")) + Framed(Query(2, "a.test.")) + Framed(last)));
  EXPECT_EQ(Wanted(), "Za");
  // What is behind it may come later.
  ASSERT_TRUE(SendAll(client, Framed(Query(4, "b.test."))));
  Load("a");
  EXPECT_EQ(Wanted(), "Zb");
  Load("b");
  for (int id = 1; id <= 4; ++id) {
    const std::string length = ReceiveExactly(client, 2);
    ASSERT_EQ(length.size(), 2u);
    const std::string answer = ReceiveExactly(client, uint8_t(length[0]) << 8 | uint8_t(length[1]));
    EXPECT_EQ(IdOf(answer), id);
    EXPECT_NE(Rcode(answer), kServFail);
  }
  // Other connections are not held up.
  const FileDescriptor waits = Connect(SOCK_STREAM);
  ASSERT_TRUE(SendAll(waits, Framed(Query(5, "c.test."))));
  Wanted();
  const FileDescriptor another = Connect(SOCK_STREAM);
  ASSERT_TRUE(SendAll(another, Framed(Query(6, "hot.test."))));
  EXPECT_EQ(IdOf(ReceiveSome(another).substr(2)), 6);
}

TEST_F(ParkingTest, AConnectionThatIsClosedMeanwhileIsNobodys) {
  StartWith({});
  {
    FileDescriptor reset = Connect(SOCK_STREAM);
    ASSERT_TRUE(SendAll(reset, Framed(Query(1, "a.test."))));
    EXPECT_EQ(Wanted(), "Za");
    const linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(reset.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    const FileDescriptor closed = Connect(SOCK_STREAM);
    ASSERT_TRUE(SendAll(closed, Framed(Query(2, "a.test."))));
    Await([](const ParkingTotals& totals) { return totals.waiting == 2; });
  }
  // The next ones may get their descriptors.
  const FileDescriptor next = Connect(SOCK_STREAM);
  ASSERT_TRUE(SendAll(next, Framed(Query(3, "hot.test."))));
  EXPECT_EQ(IdOf(ReceiveSome(next).substr(2)), 3);
  Load("a");
  Await([](const ParkingTotals& totals) { return totals.waiting == 0; });
  ASSERT_TRUE(SendAll(next, Framed(Query(4, "a.test."))));
  EXPECT_EQ(IdOf(ReceiveSome(next).substr(2)), 4);
}

TEST_F(ParkingTest, AZoneHasSoManyWaitingAndNoMore) {
  StartWith({.per_zone = 3});
  const FileDescriptor client = Connect(SOCK_DGRAM);
  for (int id = 1; id <= 5; ++id) ASSERT_TRUE(SendAll(client, Query(static_cast<uint16_t>(id), "a.test.")));
  Await([](const ParkingTotals& totals) { return totals.no_room == 2; });
  // Over TCP nothing is left out.
  const FileDescriptor stream = Connect(SOCK_STREAM);
  ASSERT_TRUE(SendAll(stream, Framed(Query(6, "a.test."))));
  EXPECT_EQ(Rcode(ReceiveSome(stream).substr(2)), kServFail);
  // Another zone has its own.
  ASSERT_TRUE(SendAll(client, Query(7, "b.test.")));
  Await([](const ParkingTotals& totals) { return totals.waiting == 4; });
  Load("a");
  for (int id = 1; id <= 3; ++id) EXPECT_EQ(IdOf(ReceiveSome(client)), id);
  Load("b");
  EXPECT_EQ(IdOf(ReceiveSome(client)), 7);
}

TEST_F(ParkingTest, AllZonesTogetherHaveSoManyWaiting) {
  StartWith({.waiting = 2});
  const FileDescriptor client = Connect(SOCK_DGRAM);
  uint16_t id = 0;
  for (const char* name : {"a.test.", "b.test.", "c.test."}) ASSERT_TRUE(SendAll(client, Query(++id, name)));
  Await([](const ParkingTotals& totals) { return totals.waiting == 2 && totals.no_room == 1; });
  ASSERT_TRUE(SendAll(client, Query(9, "hot.test.")));
  EXPECT_EQ(IdOf(ReceiveSome(client)), 9);
  Load("a");
  EXPECT_EQ(IdOf(ReceiveSome(client)), 1);
  ASSERT_TRUE(SendAll(client, Query(4, "c.test.")));
  EXPECT_EQ(Wanted(), "Za");
  EXPECT_EQ(Wanted(), "Zb");
  EXPECT_EQ(Wanted(), "Zc");
}

TEST_F(ParkingTest, NothingWaitsForEver) {
  StartWith({.longest_us = 50'000});
  const FileDescriptor client = Connect(SOCK_DGRAM);
  const FileDescriptor stream = Connect(SOCK_STREAM);
  ASSERT_TRUE(SendAll(client, Query(1, "a.test.")));
  ASSERT_TRUE(SendAll(stream, Framed(Query(2, "b.test."))));
  EXPECT_EQ(Rcode(ReceiveSome(stream).substr(2)), kServFail);
  Await([](const ParkingTotals& totals) { return totals.too_old == 2 && totals.waiting == 0; });
  // Asked again it is wanted again.
  Wanted();
  Wanted();
  ASSERT_TRUE(SendAll(client, Query(3, "a.test.")));
  EXPECT_EQ(Wanted(), "Za");
  Load("a");
  EXPECT_EQ(IdOf(ReceiveSome(client)), 3);
}

TEST_F(ParkingTest, WhatCantBeReadNowIsServFail) {
  StartWith({});
  const FileDescriptor client = Connect(SOCK_DGRAM);
  const FileDescriptor stream = Connect(SOCK_STREAM);
  ASSERT_TRUE(SendAll(client, Query(1, "a.test.")));
  ASSERT_TRUE(SendAll(stream, Framed(Query(2, "a.test."))));
  Await([](const ParkingTotals& totals) { return totals.waiting == 2; });
  parking_->Settled("Za", false);
  EXPECT_EQ(Rcode(ReceiveSome(client)), kServFail);
  EXPECT_EQ(Rcode(ReceiveSome(stream).substr(2)), kServFail);
  Await([](const ParkingTotals& totals) { return totals.unreadable == 2; });
  // The next one tries again.
  Wanted();
  ASSERT_TRUE(SendAll(client, Query(3, "a.test.")));
  EXPECT_EQ(Wanted(), "Za");
  Load("a");
  EXPECT_EQ(Rcode(ReceiveSome(client)), kNoError);
}

// Its zone left memory before it was answered, again and again.
TEST_F(ParkingTest, AQueryIsParkedOnlySoOften) {
  StartWith({.times = 2});
  const FileDescriptor client = Connect(SOCK_DGRAM);
  ASSERT_TRUE(SendAll(client, Query(1, "a.test.")));
  EXPECT_EQ(Wanted(), "Za");
  parking_->Settled("Za", true);
  EXPECT_EQ(Wanted(), "Za");
  parking_->Settled("Za", true);
  Await([](const ParkingTotals& totals) { return totals.no_room == 1 && totals.waiting == 0; });
  const FileDescriptor stream = Connect(SOCK_STREAM);
  ASSERT_TRUE(SendAll(stream, Framed(Query(2, "a.test."))));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Wanted(), "Za");
    parking_->Settled("Za", true);
  }
  EXPECT_EQ(Rcode(ReceiveSome(stream).substr(2)), kServFail);
}

// A datagram longer than any sensible query.
TEST_F(ParkingTest, ALongQueryIsNotParked) {
  StartWith({});
  const FileDescriptor client = Connect(SOCK_DGRAM);
  std::string query = Query(1, "a.test.");
  query[11] = 1;
  // OPT with 600 octets of padding (RFC 7830).
  query += std::string("\0\0\x29\4\xd0\0\0\0\0\2\x5c\0\x0c\2\x58", 15) + std::string(600, '\0');
  ASSERT_TRUE(SendAll(client, query));
  EXPECT_EQ(Rcode(ReceiveSome(client)), kServFail);
  EXPECT_TRUE(NothingWanted());
}

TEST_F(ParkingTest, AServerClosesWhileQueriesWait) {
  StartWith({});
  const FileDescriptor client = Connect(SOCK_DGRAM);
  const FileDescriptor stream = Connect(SOCK_STREAM);
  ASSERT_TRUE(SendAll(client, Query(1, "a.test.")));
  ASSERT_TRUE(SendAll(stream, Framed(Query(2, "b.test."))));
  Await([](const ParkingTotals& totals) { return totals.waiting == 2; });
  server_->Close();
  EXPECT_EQ(ReceiveSome(stream), "");
  Load("a");
  Load("b");
  EXPECT_EQ(parking_->Totals().parked, 2u);
}

// Many workers, clients, loads and evictions at once; the sanitizers look.
TEST_F(ParkingTest, UnderLoad) {
  StartWith({.per_worker = 8, .per_zone = 4, .waiting = 16, .longest_us = 20'000});
  std::atomic<bool> stop = false;
  // The directory's writer.
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      const std::string name(1, static_cast<char>('a' + i % 3));
      std::string zone_id;
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!wanted_.empty()) {
          zone_id = wanted_.front();
          wanted_.pop_front();
        }
      }
      if (!zone_id.empty()) Load(zone_id.substr(1));
      if (i % 7 == 0) {
        ASSERT_TRUE(directory_.Unload(IdOfZone(name), Apex(name)).ok());
        directory_.Publish();
      }
    }
  });
  std::vector<std::thread> clients;
  for (int c = 0; c < 4; ++c) {
    clients.emplace_back([this, c] {
      const bool streams = c % 2 == 1;
      for (int round = 0; round < 20; ++round) {
        const FileDescriptor client = Connect(streams ? SOCK_STREAM : SOCK_DGRAM);
        const timeval soon = {.tv_sec = 0, .tv_usec = 5'000};
        if (!streams) setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
        for (int i = 0; i < 10; ++i) {
          const std::string query = Query(7, std::string(1, static_cast<char>('a' + (c + i) % 3)) + ".test.");
          if (!SendAll(client, streams ? Framed(query) : query)) break;
          const std::string answer = ReceiveSome(client);
          EXPECT_TRUE(!streams || !answer.empty());
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  stop = true;
  writer.join();
  server_->Close();
  const ParkingTotals totals = parking_->Totals();
  EXPECT_GT(totals.parked, 0u);
  EXPECT_GT(totals.answered, 0u);
}

}  // namespace
}  // namespace quartet::nameserver
