// The loop with the real machine and a store in memory, against a controller's messages written by hand.
#include "nameserver/node/apply_loop.h"

#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/match.h"
#include "nameserver/node/scripted_feed.h"
#include "replication/replica/layout.h"
#include "replication/store/memory_store.h"

namespace quartet::nameserver {
namespace {

using dns::Type;

// Notes how much had been acknowledged when they were opened or closed.
class FakeSockets : public QuerySockets {
 public:
  explicit FakeSockets(const RecordedStream& stream) : stream_(stream) {}
  absl::Status Open() override {
    if (!refusal.ok()) return refusal;
    ++opened;
    acknowledged_before_open = stream_.Acknowledged();
    return absl::OkStatus();
  }
  void Close() override {
    ++closed;
    sent_before_close = stream_.sent.size();
  }

  int opened = 0;
  int closed = 0;
  uint64_t acknowledged_before_open = 0;
  size_t sent_before_close = 0;
  absl::Status refusal;

 private:
  const RecordedStream& stream_;
};

class ApplyLoopTest : public testing::Test {
 protected:
  void SetUp() override { Restart(); }

  // The process ends and starts anew; what is stored stays.
  void Restart() {
    loop_.reset();
    replica_.reset();
    directory_ = std::make_unique<Directory>();
    stream_ = RecordedStream();
    sockets_ = std::make_unique<FakeSockets>(stream_);
    absl::StatusOr<std::unique_ptr<Replica>> replica = Replica::Open(
        {store_, *directory_, clock_, random_, {.version = "test"}, [this] { built_.Push(ZoneBuilt{}); }});
    ASSERT_TRUE(replica.ok()) << replica.status();
    replica_ = *std::move(replica);
    loop_ = std::make_unique<ApplyLoop>(*replica_, stream_, *sockets_, clock_);
    ASSERT_TRUE(loop_->Start().ok());
  }

  void Give(const std::vector<FeedEvent>& events) {
    const absl::Status handled = loop_->Handle(events);
    ASSERT_TRUE(handled.ok()) << handled;
  }
  void Disconnect() { Give({FeedDisconnected{absl::UnavailableError("connection refused")}}); }

  // From nothing to serving `zone_` as of index 5.
  void Fill() {
    Give({FeedConnected{}});
    Give({Welcome(false), Inventory(5, {zone_})});
    Give({Snapshot(5, zone_), Heartbeat(5, 5)});
    ASSERT_TRUE(loop_->serving());
    ASSERT_EQ(stream_.Acknowledged(), 5u);
  }
  std::string LookA(absl::string_view name) { return Look(*directory_, name, Type::kA); }

  const dns::Name apex_ = TestName("example.com.");
  ScriptedZone zone_ = {"Z0000000000001", apex_, 1, MakeTestZone(apex_, {"www 300 A 192.0.2.1"})};
  store::MemoryStore store_;
  ManualClock clock_;
  CountingRandom random_;
  std::unique_ptr<Directory> directory_;
  RecordedStream stream_;
  FeedInbox built_;
  std::unique_ptr<FakeSockets> sockets_;
  std::unique_ptr<Replica> replica_;
  std::unique_ptr<ApplyLoop> loop_;
};

TEST_F(ApplyLoopTest, AnEmptyNodeOpensItsSocketsWhenItIsCompleteAndAcknowledgesThen) {
  EXPECT_EQ(sockets_->opened, 0);
  Give({FeedConnected{}});
  ASSERT_FALSE(stream_.sent.empty());
  EXPECT_TRUE(stream_.sent[0].has_hello());
  Give({Welcome(false), Inventory(5, {zone_})});
  EXPECT_EQ(sockets_->opened, 0) << "its zone is still to be fetched";
  EXPECT_EQ(loop_->StatusLine(), "filling: 0 of 1 zone");
  Give({Snapshot(5, zone_), Heartbeat(5, 5)});
  EXPECT_EQ(sockets_->opened, 1);
  EXPECT_EQ(sockets_->acknowledged_before_open, 0u);
  EXPECT_EQ(stream_.Acknowledged(), 5u);
  EXPECT_EQ(LookA("www.example.com."), "1");
  EXPECT_EQ(loop_->StatusLine(), "serving 1 zone");
}

TEST_F(ApplyLoopTest, ALargeZoneIsAnExceptionUntilItIsServed) {
  Fill();
  // It is BEHIND, and comes as a snapshot.
  ScriptedZone large = zone_;
  large.revision = 9;
  for (size_t i = 0; i < BigZones::kRecordSets; ++i)
    large.records.push_back(MakeTestRecord(apex_, "h" + std::to_string(i) + " 300 A 192.0.2.9"));
  ScriptedZone before = large;
  before.revision = 8;
  Give({Change(6, before, MakeTestRecord(apex_, "missed 300 A 192.0.2.9"))});
  Give({Snapshot(7, large), Heartbeat(6, 7)});
  const auto& exceptions = stream_.LastAcknowledgement().exceptions();
  ASSERT_EQ(exceptions.size(), 1);
  EXPECT_EQ(exceptions[0].reason(), "being loaded");
  EXPECT_EQ(LookA("www.example.com."), "1");
  EXPECT_EQ(LookA("h1.example.com."), "no name");

  // Meanwhile it goes on.
  Give({Change(8, large, MakeTestRecord(apex_, "later 300 A 192.0.2.9"))});
  EXPECT_EQ(stream_.Acknowledged(), 8u);
  EXPECT_EQ(stream_.LastAcknowledgement().exceptions_size(), 1);

  Give(built_.Wait(std::chrono::minutes(1)));
  EXPECT_EQ(LookA("h1.example.com."), "1");
  EXPECT_EQ(LookA("later.example.com."), "1");
  EXPECT_EQ(stream_.Acknowledged(), 8u);
  EXPECT_EQ(stream_.LastAcknowledgement().exceptions_size(), 0);
}

TEST_F(ApplyLoopTest, ANodeOfNoZonesIsCompleteToo) {
  Give({FeedConnected{}});
  Give({Welcome(false), Inventory(5, {})});
  EXPECT_EQ(sockets_->opened, 1);
  EXPECT_EQ(stream_.Acknowledged(), 5u);
}

TEST_F(ApplyLoopTest, AChangeIsVisibleOnceAcknowledgedAndAfterARestart) {
  Fill();
  Give({Change(6, zone_, MakeTestRecord(apex_, "new 300 A 192.0.2.9"))});
  EXPECT_EQ(stream_.Acknowledged(), 6u);
  EXPECT_EQ(LookA("new.example.com."), "1");
  Restart();
  EXPECT_EQ(LookA("new.example.com."), "1");
}

TEST_F(ApplyLoopTest, ChangesThatCameTogetherShareOneAcknowledgement) {
  Fill();
  const size_t before = stream_.sent.size();
  Give({Change(6, zone_, MakeTestRecord(apex_, "a 300 A 192.0.2.9")),
        Change(7, zone_, MakeTestRecord(apex_, "b 300 A 192.0.2.9"))});
  EXPECT_EQ(stream_.Acknowledged(), 7u);
  EXPECT_EQ(stream_.sent.size(), before + 1);
  EXPECT_EQ(LookA("b.example.com."), "1");
}

// The control plane may be gone (invariant 4).
TEST_F(ApplyLoopTest, ARestartedNodeAnswersBeforeAnyControllerIsReached) {
  Fill();
  Restart();
  EXPECT_EQ(sockets_->opened, 1);
  EXPECT_EQ(LookA("www.example.com."), "1");
  Disconnect();
  clock_.now_us += 5'000'000;
  EXPECT_EQ(loop_->StatusLine(), "serving 1 zone, controller unreachable for 5 s");
  EXPECT_TRUE(stream_.sent.empty());
}

TEST_F(ApplyLoopTest, AConnectionLostAndRegainedResumes) {
  Fill();
  Disconnect();
  Give({FeedConnected{}});
  Give({Welcome(true), Heartbeat(5, 6)});
  EXPECT_EQ(stream_.Acknowledged(), 6u);
  EXPECT_EQ(loop_->StatusLine(), "serving 1 zone");
}

TEST_F(ApplyLoopTest, ASpanThatIsNotTheNextEndsTheStreamAndChangesNothing) {
  Fill();
  ScriptedZone copy = zone_;
  Give({Change(8, copy, MakeTestRecord(apex_, "lost 300 A 192.0.2.9"))});
  EXPECT_EQ(stream_.ended, 1);
  EXPECT_EQ(stream_.Acknowledged(), 5u);
  Give({Heartbeat(5, 6)});
  EXPECT_EQ(stream_.Acknowledged(), 5u) << "what was under way on the ended stream counts for nothing";
  EXPECT_EQ(LookA("lost.example.com."), "no name");
  EXPECT_EQ(LookA("www.example.com."), "1");
}

TEST_F(ApplyLoopTest, WithAFullDiskItGoesOnAnsweringAndCatchesUpLater) {
  Fill();
  store_.FailWrites(absl::ResourceExhaustedError("the disk of /data is full"));
  ScriptedZone copy = zone_;
  Give({Change(6, copy, MakeTestRecord(apex_, "new 300 A 192.0.2.9"))});
  EXPECT_EQ(LookA("www.example.com."), "1");
  EXPECT_EQ(LookA("new.example.com."), "no name") << "not stored, so not shown";
  EXPECT_EQ(stream_.Acknowledged(), 5u);
  ASSERT_EQ(stream_.ended, 1);
  EXPECT_TRUE(absl::StrContains(loop_->StatusLine(), "can't be stored: the disk of /data is full"));

  // It tries with every stream.
  Give({FeedDisconnected{absl::CancelledError("ended by us")}, FeedConnected{}});
  Give({Welcome(true), Heartbeat(5, 6)});
  ASSERT_EQ(stream_.ended, 2);
  EXPECT_FALSE(absl::StrContains(loop_->StatusLine(), "controller unreachable"));

  store_.FailWrites(absl::OkStatus());
  Give({FeedDisconnected{absl::CancelledError("ended by us")}, FeedConnected{}});
  Give({Welcome(true), Change(6, zone_, MakeTestRecord(apex_, "new 300 A 192.0.2.9"))});
  EXPECT_EQ(stream_.Acknowledged(), 6u);
  EXPECT_EQ(LookA("new.example.com."), "1");
  EXPECT_EQ(loop_->StatusLine(), "serving 1 zone");
}

TEST_F(ApplyLoopTest, AZoneDamagedOnDiskIsFetchedAnewWhileTheOthersAnswer) {
  ScriptedZone other = {"Z0000000000002", TestName("example.net."), 1,
                        MakeTestZone(TestName("example.net."), {"www 300 A 192.0.2.2"})};
  Give({FeedConnected{}});
  Give({Welcome(false), Inventory(5, {zone_, other})});
  Give({Snapshot(5, zone_), Snapshot(5, other), Heartbeat(5, 5)});
  ASSERT_TRUE(loop_->serving());

  store::Batch damage;
  const std::string everything = "r" + zone_.id;
  damage.DeleteRange(everything + std::string(8, '\0'), store::PrefixEnd(everything));
  ASSERT_TRUE(store_.Write(damage, store::Store::Sync::kYes).ok());
  Restart();
  EXPECT_TRUE(loop_->serving());
  EXPECT_EQ(LookA("www.example.com."), "SERVFAIL");
  EXPECT_EQ(LookA("www.example.net."), "1");
  EXPECT_EQ(loop_->StatusLine(), "serving 2 zones, 1 of them with SERVFAIL");

  Give({FeedConnected{}});
  Give({Welcome(true), Heartbeat(5, 6)});
  ASSERT_EQ(stream_.LastAcknowledgement().exceptions_size(), 1);
  EXPECT_EQ(stream_.LastAcknowledgement().exceptions(0).zone_id(), zone_.id);
  EXPECT_EQ(stream_.LastAcknowledgement().exceptions(0).served_revision(), 0u);
  Give({Snapshot(6, zone_), Heartbeat(6, 7)});
  EXPECT_EQ(LookA("www.example.com."), "1");
  EXPECT_EQ(stream_.LastAcknowledgement().index(), 7u);
  EXPECT_EQ(stream_.LastAcknowledgement().exceptions_size(), 0);
}

TEST_F(ApplyLoopTest, ADrainedNodeClosesItsSocketsAndThenSaysSo) {
  Fill();
  Give({DrainOrder()});
  EXPECT_EQ(sockets_->closed, 1);
  ASSERT_GT(stream_.sent.size(), sockets_->sent_before_close);
  EXPECT_TRUE(stream_.sent.back().has_sockets_closed());
  EXPECT_FALSE(loop_->serving());
  EXPECT_EQ(loop_->StatusLine(), "drained");
  Give({Heartbeat(5, 6)});
  EXPECT_EQ(sockets_->opened, 1) << "they stay closed";
}

// Nobody keeps it up to date any more: what it has on disk is not to be answered, however often it is started.
TEST_F(ApplyLoopTest, ADrainedNodeStaysClosedWhenItIsStartedAgain) {
  Fill();
  Give({DrainOrder()});
  Restart();
  EXPECT_FALSE(loop_->serving());
  EXPECT_EQ(sockets_->opened, 0);
  EXPECT_EQ(loop_->StatusLine(), "drained");
}

// The controller may be restored from a backup that is older than the drain.
TEST_F(ApplyLoopTest, ADrainedNodeSaysSoOnEveryStream) {
  Fill();
  Give({DrainOrder()});
  Restart();
  stream_.sent.clear();
  ASSERT_TRUE(loop_->Handle({FeedConnected{}}).ok());
  ASSERT_GE(stream_.sent.size(), 2u);
  EXPECT_TRUE(stream_.sent[0].has_hello());
  EXPECT_TRUE(stream_.sent[1].has_sockets_closed());
}

TEST_F(ApplyLoopTest, SocketsThatCantBeOpenedEndIt) {
  sockets_->refusal = absl::AlreadyExistsError("the port is taken");
  ASSERT_TRUE(loop_->Handle({FeedConnected{}}).ok());
  EXPECT_EQ(loop_->Handle({Welcome(false), Inventory(5, {})}).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(stream_.Acknowledged(), 0u);
}

}  // namespace
}  // namespace quartet::nameserver
