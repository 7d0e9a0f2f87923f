// Many nodes at once, and nodes that take nothing: what they cost, and that others don't wait for them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "replication/base/log.h"
#include "replication/feed/publisher.h"
#include "replication/feed/stream_rules.h"
#include "replication/feed/test_controller.h"
#include "replication/store/memory_store.h"

namespace quartet::replication {
namespace {

const std::string kIncarnation(16, 'i');

// A store that counts the snapshots of it that live.
class CountedStore : public store::Store {
 public:
  explicit CountedStore(store::Store& base) : base_(base) {}

  absl::Status Write(const store::Batch& batch, Sync sync) override { return base_.Write(batch, sync); }
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    return base_.Get(key);
  }
  std::unique_ptr<store::Iterator> Scan(absl::string_view begin, absl::string_view end) const override {
    return base_.Scan(begin, end);
  }
  std::unique_ptr<store::Reader> Snapshot() const override {
    ++living_;
    most_ = std::max(most_, living_);
    return std::make_unique<Counted>(base_.Snapshot(), living_);
  }

  int living() const { return living_; }
  int most() const { return most_; }

 private:
  class Counted : public store::Reader {
   public:
    Counted(std::unique_ptr<store::Reader> base, int& living) : base_(std::move(base)), living_(living) {}
    ~Counted() override { --living_; }
    absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
      return base_->Get(key);
    }
    std::unique_ptr<store::Iterator> Scan(absl::string_view begin, absl::string_view end) const override {
      return base_->Scan(begin, end);
    }

   private:
    const std::unique_ptr<store::Reader> base_;
    int& living_;
  };

  store::Store& base_;
  mutable int living_ = 0;
  mutable int most_ = 0;
};

// Nodes n0, n1, …, each of a nameserver of its own: ns0, ns1, ….
class PublisherCrowdTest : public testing::Test {
 protected:
  PublisherCrowdTest() { log::SetLevel(log::Level::kError); }
  ~PublisherCrowdTest() override { log::SetLevel(log::Level::kInfo); }

  void Begin(int nodes, size_t part_bytes = 64 << 10) {
    for (int i = 0; i < nodes; ++i)
      controller_.Enroll(absl::StrCat("n", i), absl::StrCat("ns", i), stored::v1::NODE_STATE_COUNTED);
    Publisher::Options options;
    options.part_bytes = part_bytes;
    publisher_ = Publisher::Create(controller_.log(), counted_, clock_, options);
    publisher_->Committed(controller_.head());
  }

  static std::vector<std::string> Nameservers(int nodes) {
    std::vector<std::string> nameservers(nodes);
    for (int i = 0; i < nodes; ++i) nameservers[i] = absl::StrCat("ns", i);
    return nameservers;
  }

  SessionId Open(int node, const std::optional<Position>& cursor, uint64_t credit = 1 << 20) {
    const absl::StatusOr<SessionId> session =
        publisher_->Open(absl::StrCat("n", node), absl::StrCat("ns", node));
    EXPECT_TRUE(session.ok()) << session.status();
    v1::SubscribeRequest request;
    v1::Hello& hello = *request.mutable_hello();
    hello.set_incarnation(kIncarnation);
    hello.set_format(1);
    hello.set_span_credit(credit);
    hello.set_snapshot_credit(credit);
    if (cursor.has_value()) WritePosition(*cursor, *hello.mutable_cursor());
    EXPECT_TRUE(publisher_->Receive(*session, request).ok());
    return *session;
  }

  void GiveCredit(SessionId session, uint64_t bytes) {
    v1::SubscribeRequest request;
    request.mutable_credit()->set_span_bytes(bytes);
    EXPECT_TRUE(publisher_->Receive(session, request).ok());
  }

  // Up to `turns` turns of reading; how many there were.
  int Run(int turns = 1'000'000) {
    int run = 0;
    Take();
    for (; run < turns; ++run) {
      std::unique_ptr<Publisher::Turn> turn = publisher_->TakeTurn();
      if (turn == nullptr) break;
      turn->Run();
      publisher_->EndTurn(std::move(turn));
      Take();
    }
    return run;
  }

  void Take() {
    Publisher::Output output = publisher_->Take();
    for (const auto& message : output.messages) received_[message.session].push_back(message.message.Parse());
    for (const auto& end : output.ended) ended_[end.session] = end.status;
  }

  // Where the last span, or the whole inventory, has brought it.
  uint64_t IndexOf(SessionId session) {
    uint64_t index = 0;
    for (const v1::SubscribeResponse& message : received_[session]) {
      if (message.has_span()) index = message.span().upto().index();
      if (message.has_inventory_part() && message.inventory_part().last())
        index = message.inventory_part().as_of().index();
    }
    return index;
  }

  bool Resumed(SessionId session) {
    return !received_[session].empty() && received_[session][0].welcome().resumed();
  }

  TestClock clock_;
  store::MemoryStore store_;
  CountedStore counted_{store_};
  TestController controller_{store_, 7};
  std::unique_ptr<Publisher> publisher_;
  std::map<SessionId, std::vector<v1::SubscribeResponse>> received_;
  std::map<SessionId, absl::Status> ended_;
};

TEST_F(PublisherCrowdTest, TwoThousandNodesThatComeBackAtOnceGoOnFromTheLog) {
  constexpr int kNodes = 2000;
  Begin(kNodes);
  const Position left = controller_.head();
  controller_.CreateZone(TestZoneId("Za"), "example.org.", {"ns0", "ns1", "ns2", "ns3"});
  for (int i = 0; i < 50; ++i) controller_.ChangeZone(TestZoneId("Za"), {{"www", "1"}});
  publisher_->Committed(controller_.head());
  std::vector<SessionId> sessions(kNodes);
  for (int i = 0; i < kNodes; ++i) sessions[i] = Open(i, left);
  // Those that came first are up to date after a few turns, and don't wait for the others with the next change.
  Run(100);
  publisher_->Committed(controller_.ChangeZone(TestZoneId("Za"), {{"www", "2"}}));
  Take();
  EXPECT_EQ(IndexOf(sessions[0]), controller_.head().index);
  const int turns = Run();
  // A Welcome, and what it missed, for each.
  EXPECT_LE(turns, 3 * kNodes);
  clock_.Advance(1'000'000);
  Run();
  for (const SessionId session : sessions) {
    ASSERT_TRUE(Resumed(session));
    ASSERT_EQ(IndexOf(session), controller_.head().index);
  }
  EXPECT_TRUE(ended_.empty());
  // What passes through is read from one decoded window, and no snapshot is held for it.
  EXPECT_EQ(counted_.living(), 0);
}

TEST_F(PublisherCrowdTest, SixteenEmptyNodesAreFilledAtATime) {
  constexpr int kNodes = 60;
  Begin(kNodes, /*part_bytes=*/1);
  for (const char* zone : {"Za", "Zb", "Zc"})
    controller_.CreateZone(TestZoneId(zone), absl::StrCat(zone, ".example."), Nameservers(kNodes));
  publisher_->Committed(controller_.head());
  std::vector<SessionId> sessions(kNodes);
  for (int i = 0; i < kNodes; ++i) sessions[i] = Open(i, std::nullopt, /*credit=*/1);
  // Each part uses up the credit that there was for one.
  for (int round = 0; round < 100; ++round) {
    Run();
    EXPECT_LE(counted_.living(), 16);
    for (const SessionId session : sessions) GiveCredit(session, 150);
  }
  for (const SessionId session : sessions) EXPECT_GE(IndexOf(session), controller_.head().index) << session;
  // One more while it is made.
  EXPECT_LE(counted_.most(), 17);
  EXPECT_EQ(counted_.living(), 0);
}

TEST_F(PublisherCrowdTest, OneThatTakesNothingOfItsInventoryMakesRoom) {
  constexpr int kNodes = 17;
  Begin(kNodes, /*part_bytes=*/1);
  for (const char* zone : {"Za", "Zb", "Zc"})
    controller_.CreateZone(TestZoneId(zone), absl::StrCat(zone, ".example."), Nameservers(kNodes));
  publisher_->Committed(controller_.head());
  std::vector<SessionId> stuck;
  for (int i = 0; i + 1 < kNodes; ++i) stuck.push_back(Open(i, std::nullopt, /*credit=*/1));
  Run();
  const SessionId waiting = Open(kNodes - 1, std::nullopt);
  Run();
  EXPECT_EQ(IndexOf(waiting), 0u);
  for (int tick = 0; tick < 60; ++tick) {
    clock_.Advance(250'000);
    publisher_->Tick();
    Run();
  }
  EXPECT_EQ(IndexOf(waiting), controller_.head().index);
  for (const SessionId session : stuck) EXPECT_TRUE(absl::IsUnavailable(ended_[session]));
  EXPECT_EQ(counted_.living(), 0);
}

TEST_F(PublisherCrowdTest, OneThatReconnectsEndlesslyIsLetInNowAndThen) {
  Begin(2);
  const Position start = controller_.head();
  const SessionId other = Open(1, start);
  Run();
  std::vector<SessionId> streams;
  for (int i = 0; i < 1000; ++i) {
    streams.push_back(Open(0, start));
    Run();
  }
  const auto welcomed = [&] {
    return std::count_if(streams.begin(), streams.end(),
                         [&](SessionId session) { return !received_[session].empty(); });
  };
  EXPECT_EQ(welcomed(), 5);
  // Each but the last was taken over by the next.
  EXPECT_EQ(ended_.size(), 999u);
  publisher_->Committed(controller_.CreateZone(TestZoneId("Za"), "example.org.", {"ns1"}));
  Take();
  EXPECT_EQ(IndexOf(other), controller_.head().index);
  // The one that stays is let in.
  clock_.Advance(2'000'000);
  Run();
  EXPECT_TRUE(Resumed(streams.back()));
}

TEST_F(PublisherCrowdTest, AFullQueueGetsNothingUntilItHasDrainedAndOthersGoOn) {
  Begin(2);
  const Position start = controller_.head();
  const SessionId full = Open(0, start);
  const SessionId other = Open(1, start);
  Run();
  publisher_->SetWritable(full, false);
  publisher_->Committed(controller_.CreateZone(TestZoneId("Za"), "example.org.", {"ns0", "ns1"}));
  for (int i = 0; i < 20; ++i)
    publisher_->Committed(controller_.ChangeZone(TestZoneId("Za"), {{"www", "1"}}));
  Run();
  EXPECT_EQ(IndexOf(other), controller_.head().index);
  EXPECT_LT(IndexOf(full), start.index + 1);
  publisher_->SetWritable(full, true);
  Run();
  EXPECT_EQ(IndexOf(full), controller_.head().index);
  // What it missed comes in one span.
  EXPECT_LE(received_[full].size(), 3u);
}

TEST_F(PublisherCrowdTest, OneThatTheLogHasPassedOverOpensAnotherStream) {
  Begin(1);
  const Position start = controller_.head();
  // Enough for the span that says it is up to date.
  const SessionId slow = Open(0, start, /*credit=*/1);
  Run();
  publisher_->Committed(controller_.CreateZone(TestZoneId("Za"), "example.org.", {"ns0"}));
  const std::string value(300 << 10, 'x');
  for (int i = 0; i < 4; ++i)
    publisher_->Committed(controller_.ChangeZone(TestZoneId("Za"), {{"www", value.c_str()}}));
  Run();
  EXPECT_EQ(IndexOf(slow), start.index);
  controller_.Trim(controller_.head().index - 1);
  GiveCredit(slow, 1 << 20);
  Run();
  EXPECT_TRUE(absl::IsUnavailable(ended_[slow])) << ended_[slow];
  const SessionId again = Open(0, start);
  Run();
  EXPECT_FALSE(Resumed(again));
  EXPECT_EQ(IndexOf(again), controller_.head().index);
}

}  // namespace
}  // namespace quartet::replication
