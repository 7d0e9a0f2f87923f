// Many real streams over TLS connections on loopback, and one that never stays.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/transport/credentials.h"
#include "proto/transport/identity.h"
#include "proto/transport/server.h"
#include "proto/transport/test_certificates.h"
#include "replication/base/clock.h"
#include "replication/base/log.h"
#include "replication/feed/feed_client.h"
#include "replication/feed/feed_service.h"
#include "replication/feed/stream_rules.h"
#include "replication/feed/test_controller.h"
#include "replication/store/memory_store.h"

namespace quartet::replication {
namespace {

// What all nodes of a test wait for.
struct Event {
  std::mutex mutex;
  std::condition_variable moved;
};

// A node that keeps nothing but its cursor: a client, and what it was told.
class Node {
 public:
  struct Told {
    int connects = 0;
    int welcomes = 0;
    int inventories = 0;
    bool connected = false;
    // Of the last span.
    uint64_t index = 0;
  };

  // With `restless` it gives up each stream as soon as it is open.
  Node(Event& event, int port, const transport::TlsMaterial& material, const Position& cursor, bool restless)
      : event_(event), cursor_(cursor), restless_(restless) {
    FeedClient::Callbacks callbacks;
    callbacks.on_connected = [this] { Connected(); };
    callbacks.on_message = [this](const v1::SubscribeResponse& message) { Message(message); };
    callbacks.on_disconnected = [this](const absl::Status&) {
      const std::lock_guard lock(event_.mutex);
      told_.connected = false;
      event_.moved.notify_all();
    };
    FeedClient::Options options;
    options.longest_wait_us = 500'000;
    // Callbacks may come before the client is stored here; they wait for the lock.
    const std::lock_guard lock(event_.mutex);
    client_ = std::make_unique<FeedClient>(absl::StrCat("127.0.0.1:", port),
                                           transport::MakeClientCredentials(material), std::move(callbacks),
                                           SystemRandom(), options);
  }

  // Under the event's mutex.
  const Told& told() const { return told_; }

 private:
  void Connected() {
    const std::lock_guard lock(event_.mutex);
    ++told_.connects;
    told_.connected = true;
    v1::SubscribeRequest request;
    v1::Hello& hello = *request.mutable_hello();
    hello.set_incarnation(std::string(16, 'i'));
    hello.set_format(1);
    hello.set_span_credit(1 << 20);
    hello.set_snapshot_credit(1 << 20);
    WritePosition(cursor_, *hello.mutable_cursor());
    client_->Send(std::move(request));
    if (restless_) client_->Disconnect();
    event_.moved.notify_all();
  }

  void Message(const v1::SubscribeResponse& message) {
    const std::lock_guard lock(event_.mutex);
    if (message.has_welcome()) ++told_.welcomes;
    if (message.has_inventory_part()) ++told_.inventories;
    if (message.has_span()) {
      cursor_ = ReadPosition(message.span().upto()).value();
      told_.index = cursor_.index;
    }
    event_.moved.notify_all();
  }

  Event& event_;
  Position cursor_;
  const bool restless_;
  Told told_;
  std::unique_ptr<FeedClient> client_;
};

// Nodes n0, n1, …, each of a nameserver of its own: ns0, ns1, ….
class FeedCrowdTest : public testing::Test {
 protected:
  FeedCrowdTest() { log::SetLevel(log::Level::kError); }
  ~FeedCrowdTest() override {
    nodes_.clear();
    Stop();
    log::SetLevel(log::Level::kInfo);
  }

  void Enroll(int nodes) {
    for (int i = 0; i < nodes; ++i)
      controller_.Enroll(absl::StrCat("n", i), absl::StrCat("ns", i), stored::v1::NODE_STATE_COUNTED);
  }

  void Start(int port) {
    service_ = std::make_unique<FeedService>(controller_.log(), store_, SystemClock());
    service_->Committed(controller_.head());
    auto server = transport::Server::Start(absl::StrCat("127.0.0.1:", port), Certificate("controller/c1"),
                                           {service_->service()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    port_ = server_->port();
  }

  void Stop() {
    if (service_) service_->Shutdown();
    server_.reset();
    service_.reset();
  }

  transport::TlsMaterial Certificate(const std::string& name) const {
    const std::string uri = "quartet://" + name;
    const transport::TestCa::Leaf leaf = ca_.Issue(uri);
    return {ca_.pem(), leaf.certificate_pem, leaf.key_pem, *transport::ParseIdentity(uri)};
  }

  void StartNode(int number, bool restless = false) {
    nodes_.push_back(std::make_unique<Node>(
        event_, port_, Certificate(absl::StrCat("nameserver/ns", number, "/node/n", number)),
        controller_.head(), restless));
  }

  // Waits until `condition` holds, and says whether it did.
  bool Wait(const std::function<bool()>& condition) {
    std::unique_lock lock(event_.mutex);
    return event_.moved.wait_for(lock, std::chrono::seconds(60), condition);
  }

  bool AllReach(uint64_t index) {
    return Wait([&] {
      for (const auto& node : nodes_) {
        if (node->told().index < index) return false;
      }
      return true;
    });
  }

  transport::TestCa ca_;
  store::MemoryStore store_;
  TestController controller_{store_, 7};
  std::unique_ptr<FeedService> service_;
  std::unique_ptr<transport::Server> server_;
  int port_ = 0;
  Event event_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

TEST_F(FeedCrowdTest, HundredsThatLostTheControllerTogetherComeBackAndGoOn) {
  constexpr int kNodes = 200;
  Enroll(kNodes);
  Start(0);
  for (int i = 0; i < kNodes; ++i) StartNode(i);
  ASSERT_TRUE(AllReach(controller_.head().index));
  const int port = port_;
  Stop();
  ASSERT_TRUE(Wait([&] {
    for (const auto& node : nodes_) {
      if (node->told().connected) return false;
    }
    return true;
  }));
  controller_.CreateZone(TestZoneId("Za"), "example.org.", {"ns0", "ns7", "ns100", "ns199"});
  Start(port);
  EXPECT_TRUE(AllReach(controller_.head().index));
  for (const auto& node : nodes_) EXPECT_EQ(node->told().inventories, 0);
}

TEST_F(FeedCrowdTest, OneThatNeverStaysIsInNobodysWay) {
  Enroll(2);
  controller_.CreateZone(TestZoneId("Za"), "example.org.", {"ns0", "ns1"});
  Start(0);
  StartNode(0);
  ASSERT_TRUE(AllReach(controller_.head().index));
  StartNode(1, /*restless=*/true);
  const auto begin = std::chrono::steady_clock::now();
  // Changes reach the other one while it comes and goes.
  for (int i = 0; i < 300; ++i) {
    const Position position = controller_.ChangeZone(TestZoneId("Za"), {{"www", "1"}});
    service_->Committed(position);
    ASSERT_TRUE(Wait([&] { return nodes_[0]->told().index >= position.index; })) << i;
  }
  ASSERT_TRUE(Wait([&] { return nodes_[1]->told().connects >= 20; }));
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begin);
  const std::lock_guard lock(event_.mutex);
  EXPECT_LE(nodes_[1]->told().welcomes, 5 + seconds.count() / 2 + 1);
  EXPECT_EQ(nodes_[0]->told().connects, 1);
}

}  // namespace
}  // namespace quartet::replication
