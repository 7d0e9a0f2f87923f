// Service and client over real TLS connections on loopback.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "proto/transport/credentials.h"
#include "proto/transport/identity.h"
#include "proto/transport/server.h"
#include "proto/transport/test_certificates.h"
#include "replication/base/clock.h"
#include "replication/feed/feed_client.h"
#include "replication/feed/feed_service.h"
#include "replication/feed/subscriber.h"
#include "replication/feed/test_controller.h"
#include "replication/feed/test_served.h"
#include "replication/store/memory_store.h"

namespace quartet::replication {
namespace {

// A node: client, subscriber and what it serves, driven by the client's callbacks under one lock.
class Node {
 public:
  Node(int port, const transport::TlsMaterial& material, store::MemoryStore& disk) : disk_(disk) {
    auto subscriber = Subscriber::Open(disk_, SystemClock(), SystemRandom(), {});
    EXPECT_TRUE(subscriber.ok());
    subscriber_ = *std::move(subscriber);
    FeedClient::Callbacks callbacks;
    callbacks.on_connected = [this] { Connected(); };
    callbacks.on_message = [this](const v1::SubscribeResponse& message) { Message(message); };
    callbacks.on_disconnected = [this](const absl::Status& status) { Disconnected(status); };
    // Callbacks may come before the client is stored here; they wait for the lock.
    std::lock_guard lock(mutex_);
    client_ = new FeedClient("127.0.0.1:" + std::to_string(port), transport::MakeClientCredentials(material),
                             std::move(callbacks), SystemRandom());
  }
  ~Node() { delete client_; }

  // Waits until `condition` holds; false after ten seconds.
  bool Wait(const std::function<bool(const Node&)>& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return condition(*this); });
  }

  // Under the lock: within a condition.
  uint64_t index() const { return subscriber_->cursor().index; }
  bool complete() const { return subscriber_->complete(); }
  const ServedZones& served() const { return served_; }
  const std::vector<absl::Status>& ends() const { return ends_; }
  int connects() const { return connects_; }
  bool connected() const { return connected_; }
  bool drained() const { return drained_; }

 private:
  void Send(std::vector<v1::SubscribeRequest> requests) {
    for (v1::SubscribeRequest& request : requests) client_->Send(std::move(request));
  }

  void Connected() {
    std::lock_guard lock(mutex_);
    ++connects_;
    connected_ = true;
    client_->Send(subscriber_->Connected());
    changed_.notify_all();
  }

  void Message(const v1::SubscribeResponse& message) {
    std::lock_guard lock(mutex_);
    EXPECT_EQ(subscriber_->Receive(message), absl::OkStatus());
    Subscriber::Ready ready = subscriber_->TakeReady();
    EXPECT_EQ(disk_.Write(ready.batch, ready.sync), absl::OkStatus());
    EXPECT_EQ(served_.Install(ready.visible, disk_, subscriber_->digest_keys()), absl::OkStatus());
    Send(subscriber_->Done());
    if (ready.drain) {
      drained_ = true;
      Send({subscriber_->SocketsClosed()});
    }
    changed_.notify_all();
  }

  void Disconnected(const absl::Status& status) {
    std::lock_guard lock(mutex_);
    connected_ = false;
    subscriber_->Disconnected();
    ends_.push_back(status);
    changed_.notify_all();
  }

  store::MemoryStore& disk_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<Subscriber> subscriber_;
  ServedZones served_;
  std::vector<absl::Status> ends_;
  int connects_ = 0;
  bool connected_ = false;
  bool drained_ = false;
  FeedClient* client_ = nullptr;
};

class FeedOverGrpcTest : public testing::Test {
 protected:
  FeedOverGrpcTest() : controller_(store_, 7) {
    controller_.Enroll("n1", "ns1", stored::v1::NODE_STATE_COUNTED);
    Start(0);
  }
  ~FeedOverGrpcTest() override { Stop(); }

  void Start(int port) {
    service_ = std::make_unique<FeedService>(controller_.log(), store_, SystemClock());
    service_->set_on_progress([this](const std::vector<NodeProgress>& moved) {
      std::lock_guard lock(mutex_);
      progress_ = moved;
      moved_.notify_all();
    });
    service_->Committed(controller_.head());
    auto server = transport::Server::Start("127.0.0.1:" + std::to_string(port),
                                           Certificate("quartet://controller/c1"), {service_->service()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    port_ = server_->port();
  }

  void Stop() {
    if (service_) service_->Shutdown();
    server_.reset();
    service_.reset();
  }

  transport::TlsMaterial Certificate(const std::string& uri) const {
    const transport::TestCa::Leaf leaf = ca_.Issue(uri);
    return {ca_.pem(), leaf.certificate_pem, leaf.key_pem, *transport::ParseIdentity(uri)};
  }

  std::unique_ptr<Node> StartNode(const std::string& uri = "quartet://nameserver/ns1/node/n1") {
    return std::make_unique<Node>(port_, Certificate(uri), disk_);
  }

  bool WaitForProgress(const std::function<bool(const NodeProgress&)>& condition) {
    std::unique_lock lock(mutex_);
    return moved_.wait_for(lock, std::chrono::seconds(10),
                           [&] { return progress_.size() == 1 && condition(progress_[0]); });
  }

  transport::TestCa ca_;
  store::MemoryStore store_;
  store::MemoryStore disk_;
  TestController controller_;
  std::mutex mutex_;
  std::condition_variable moved_;
  std::vector<NodeProgress> progress_;
  std::unique_ptr<FeedService> service_;
  std::unique_ptr<transport::Server> server_;
  int port_ = 0;
};

TEST_F(FeedOverGrpcTest, ACommittedChangeIsServedAndAcknowledged) {
  auto node = StartNode();
  ASSERT_TRUE(node->Wait([](const Node& n) { return n.complete(); }));
  controller_.CreateZone(TestZoneId("Za"), "example.org.", {"ns1"});
  const Position position = controller_.ChangeZone(TestZoneId("Za"), {{"www", "1"}});
  service_->Committed(position);
  EXPECT_TRUE(node->Wait([](const Node& n) {
    auto zone = n.served().zones().find(TestZoneId("Za"));
    return zone != n.served().zones().end() && zone->second.records.count("www") == 1;
  }));
  EXPECT_TRUE(WaitForProgress([&](const NodeProgress& progress) {
    return progress.node == "n1" && progress.acknowledged && progress.acknowledged_index == position.index;
  }));
}

TEST_F(FeedOverGrpcTest, AStreamIsOpenedAgainWhenTheControllerComesBack) {
  auto node = StartNode();
  ASSERT_TRUE(node->Wait([](const Node& n) { return n.complete(); }));
  const int port = port_;
  Stop();
  ASSERT_TRUE(node->Wait([](const Node& n) { return !n.connected(); }));
  controller_.CreateZone(TestZoneId("Za"), "example.org.", {"ns1"});
  Start(port);
  EXPECT_TRUE(node->Wait([](const Node& n) { return n.served().zones().count(TestZoneId("Za")) == 1; }));
  EXPECT_TRUE(node->Wait([](const Node& n) { return n.connects() >= 2; }));
}

TEST_F(FeedOverGrpcTest, AZoneLargerThanTheCreditComesWhole) {
  controller_.CreateZone(TestZoneId("Za"), "example.org.", {"ns1"});
  const std::string value(60'000, 'x');
  for (int batch = 0; batch < 20; ++batch) {
    std::map<std::string, const char*> records;
    for (int i = 0; i < 10; ++i) records["k" + std::to_string(100 * batch + i)] = value.c_str();
    controller_.ChangeZone(TestZoneId("Za"), records);
  }
  service_->Committed(controller_.head());
  auto node = StartNode();
  EXPECT_TRUE(node->Wait([](const Node& n) {
    auto zone = n.served().zones().find(TestZoneId("Za"));
    return n.complete() && zone != n.served().zones().end() && zone->second.records.size() == 200;
  }));
}

TEST_F(FeedOverGrpcTest, RefusesWhoIsNotTheNodeItIsEnrolledAs) {
  auto other = StartNode("quartet://nameserver/ns2/node/n1");
  EXPECT_TRUE(other->Wait(
      [](const Node& n) { return !n.ends().empty() && absl::IsPermissionDenied(n.ends().front()); }));
  auto unknown = StartNode("quartet://nameserver/ns1/node/n9");
  EXPECT_TRUE(unknown->Wait(
      [](const Node& n) { return !n.ends().empty() && absl::IsPermissionDenied(n.ends().front()); }));
  auto admin = StartNode("quartet://admin/alice");
  EXPECT_TRUE(admin->Wait(
      [](const Node& n) { return !n.ends().empty() && absl::IsUnauthenticated(n.ends().front()); }));
}

TEST_F(FeedOverGrpcTest, ANewerStreamOfTheSameNodeTakesOver) {
  auto first = StartNode();
  ASSERT_TRUE(first->Wait([](const Node& n) { return n.complete(); }));
  store::MemoryStore other_disk;
  Node second(port_, Certificate("quartet://nameserver/ns1/node/n1"), other_disk);
  EXPECT_TRUE(
      first->Wait([](const Node& n) { return !n.ends().empty() && absl::IsAborted(n.ends().front()); }));
}

TEST_F(FeedOverGrpcTest, ADrainedNodeClosesItsSocketsAndLosesItsStream) {
  auto node = StartNode();
  ASSERT_TRUE(node->Wait([](const Node& n) { return n.complete(); }));
  service_->Committed(controller_.Enroll("n1", "ns1", stored::v1::NODE_STATE_DRAINING));
  service_->RosterChanged();
  ASSERT_TRUE(node->Wait([](const Node& n) { return n.drained(); }));
  ASSERT_TRUE(WaitForProgress([](const NodeProgress& progress) { return progress.sockets_closed; }));
  service_->Committed(controller_.Enroll("n1", "ns1", stored::v1::NODE_STATE_DRAINED));
  service_->RosterChanged();
  EXPECT_TRUE(node->Wait(
      [](const Node& n) { return !n.ends().empty() && absl::IsPermissionDenied(n.ends().back()); }));
}

TEST_F(FeedOverGrpcTest, AClientWithoutAControllerSaysSoAndStops) {
  const int port = port_;
  Stop();
  store::MemoryStore disk;
  Node node(port, Certificate("quartet://nameserver/ns1/node/n1"), disk);
  EXPECT_TRUE(
      node.Wait([](const Node& n) { return n.ends().size() >= 2 && absl::IsUnavailable(n.ends().front()); }));
}

}  // namespace
}  // namespace quartet::replication
