// A running node whose database turns out to be damaged goes on answering from memory, while an empty one is filled anew.
#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/match.h"
#include "nameserver/node/scripted_feed.h"
#include "replication/store/memory_store.h"
#include "replication/store/replaceable_store.h"

namespace quartet::nameserver {
namespace {

using dns::Type;

class OpenSockets : public QuerySockets {
 public:
  absl::Status Open() override {
    ++opened;
    return absl::OkStatus();
  }
  void Close() override {}
  int opened = 0;
};

class DamagedStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<std::unique_ptr<Replica>> replica =
        Replica::Open({store_,
                       directory_,
                       clock_,
                       random_,
                       {.version = "test"},
                       [this] { built_.Push(ZoneBuilt{}); },
                       [this](const absl::Status& why) { return Renew(why); }});
    ASSERT_TRUE(replica.ok()) << replica.status();
    replica_ = *std::move(replica);
    loop_ = std::make_unique<ApplyLoop>(*replica_, stream_, sockets_, clock_);
    ASSERT_TRUE(loop_->Start().ok());
    Connect();
    Give({Welcome(false), Inventory(5, {zone_, other_})});
    Give({Snapshot(5, zone_), Snapshot(5, other_), Heartbeat(5, 5)});
    ASSERT_EQ(stream_.Acknowledged(), 5u);
    incarnation_ = stream_.LastAcknowledgement().incarnation();
  }

  absl::StatusOr<Replica::Renewed> Renew(const absl::Status& why) {
    ++renewals_;
    reason_ = why;
    if (!no_new_one_.ok()) return no_new_one_;
    absl::Status replaced = store_.Replace(std::chrono::milliseconds(0),
                                           [this]() -> absl::StatusOr<std::unique_ptr<store::Store>> {
                                             auto made = std::make_unique<store::MemoryStore>();
                                             inside_ = made.get();
                                             return made;
                                           });
    if (!replaced.ok()) return replaced;
    return Replica::Renewed::kEmpty;
  }

  void Give(const std::vector<FeedEvent>& events) { ASSERT_TRUE(loop_->Handle(events).ok()); }
  void Connect() { Give({FeedDisconnected{absl::CancelledError("ended")}, FeedConnected{}}); }
  // The next write says that what is stored is damaged.
  void Damage() {
    inside_->FailWrites(absl::DataLossError("damaged bytes in the database"));
    ScriptedZone copy = zone_;
    Give({Change(6, copy, MakeTestRecord(apex_, "new 300 A 192.0.2.9"))});
  }
  std::string LookA(absl::string_view name) { return Look(directory_, name, Type::kA); }
  std::string Alarms() const {
    std::string all;
    const quartet::replication::v1::Health health = replica_->Health();
    for (const std::string& alarm : health.alarms()) all += alarm + "\n";
    return all;
  }

  const dns::Name apex_ = TestName("example.com.");
  const dns::Name other_apex_ = TestName("example.net.");
  ScriptedZone zone_ = {"Z0000000000001", apex_, 1, MakeTestZone(apex_, {"www 300 A 192.0.2.1"})};
  ScriptedZone other_ = {"Z0000000000002", other_apex_, 1,
                         MakeTestZone(other_apex_, {"www 300 A 192.0.2.2"})};
  store::MemoryStore* inside_ = new store::MemoryStore();
  store::ReplaceableStore store_{std::unique_ptr<store::Store>(inside_)};
  ManualClock clock_;
  CountingRandom random_;
  Directory directory_;
  RecordedStream stream_;
  FeedInbox built_;
  OpenSockets sockets_;
  std::unique_ptr<Replica> replica_;
  std::unique_ptr<ApplyLoop> loop_;
  std::string incarnation_;
  absl::Status no_new_one_;
  absl::Status reason_;
  int renewals_ = 0;
};

TEST_F(DamagedStoreTest, ItAnswersFromMemoryWhileItsNewDatabaseIsFilled) {
  Damage();
  EXPECT_EQ(LookA("www.example.com."), "1");
  Connect();
  EXPECT_EQ(renewals_, 1);
  EXPECT_TRUE(absl::IsDataLoss(reason_));
  EXPECT_EQ(loop_->StatusLine(), "serving 2 zones from memory, filling a new database");
  Give({Welcome(false), Inventory(7, {zone_, other_})});
  EXPECT_EQ(LookA("www.example.com."), "1") << "it is still to be fetched, and served meanwhile";
  EXPECT_EQ(LookA("www.example.net."), "1");
  EXPECT_TRUE(absl::StrContains(Alarms(), "filled anew"));

  zone_.revision = 2;
  zone_.records.push_back(MakeTestRecord(apex_, "new 300 A 192.0.2.9"));
  Give({Snapshot(7, zone_)});
  EXPECT_EQ(LookA("new.example.com."), "1");
  EXPECT_EQ(LookA("www.example.net."), "1");
  Give({Snapshot(7, other_), Heartbeat(7, 7)});
  EXPECT_EQ(Alarms(), "");
  EXPECT_EQ(loop_->StatusLine(), "serving 2 zones");
  EXPECT_EQ(sockets_.opened, 1) << "they stayed open";
}

TEST_F(DamagedStoreTest, DamageThatTheScrubberFindsIsRepairedSo) {
  Give({StoreDamaged{absl::DataLossError("damaged bytes in the database")}});
  EXPECT_EQ(stream_.ended, 1);
  Connect();
  EXPECT_EQ(renewals_, 1);
  Give({Welcome(false), Inventory(7, {zone_, other_})});
  EXPECT_EQ(LookA("www.example.com."), "1");
  Give({Snapshot(7, zone_), Snapshot(7, other_), Heartbeat(7, 7)});
  EXPECT_EQ(stream_.LastAcknowledgement().index(), 7u);
  EXPECT_NE(stream_.LastAcknowledgement().incarnation(), incarnation_);
}

TEST_F(DamagedStoreTest, NothingIsAcknowledgedBeforeTheNewDatabaseHoldsIt) {
  Damage();
  Connect();
  stream_.sent.clear();
  Give({Welcome(false), Inventory(7, {zone_, other_})});
  Give({Snapshot(7, zone_), Heartbeat(7, 8)});
  EXPECT_EQ(stream_.Acknowledged(), 0u);
  Give({Snapshot(8, other_), Heartbeat(8, 9)});
  EXPECT_EQ(stream_.Acknowledged(), 9u);
  EXPECT_NE(stream_.LastAcknowledgement().incarnation(), incarnation_);
  EXPECT_EQ(stream_.LastAcknowledgement().exceptions_size(), 0);
}

TEST_F(DamagedStoreTest, AZoneThatHasLeftIsServedNoMoreOnceTheInventorySaysSo) {
  Damage();
  Connect();
  EXPECT_EQ(LookA("www.example.net."), "1");
  Give({Welcome(false), Inventory(7, {zone_})});
  EXPECT_EQ(LookA("www.example.net."), "no zone");
  EXPECT_EQ(LookA("www.example.com."), "1");
}

TEST_F(DamagedStoreTest, AZoneMadeAnewUnderTheSameNameTakesItsPlace) {
  Damage();
  Connect();
  ScriptedZone later = {"Z0000000000003", other_apex_, 1, MakeTestZone(other_apex_, {"new 300 A 192.0.2.3"})};
  Give({Welcome(false), Inventory(7, {zone_, later})});
  Give({Snapshot(7, zone_), Snapshot(7, later), Heartbeat(7, 7)});
  EXPECT_EQ(LookA("new.example.net."), "1");
  EXPECT_EQ(LookA("www.example.net."), "no name");
  EXPECT_EQ(stream_.Acknowledged(), 7u);
}

TEST_F(DamagedStoreTest, AStreamLostInTheMiddleOfTheFillLosesNoAnswer) {
  Damage();
  Connect();
  Give({Welcome(false), Inventory(7, {zone_, other_})});
  Give({Snapshot(7, zone_)});
  Connect();
  Give({Welcome(false), Inventory(8, {zone_, other_})});
  EXPECT_EQ(LookA("www.example.com."), "1");
  EXPECT_EQ(LookA("www.example.net."), "1");
  Give({Snapshot(8, other_), Heartbeat(8, 8)});
  EXPECT_EQ(stream_.Acknowledged(), 8u);
  EXPECT_EQ(Alarms(), "");
}

// What is stored of the fill does not name the zones that are still to come.
TEST_F(DamagedStoreTest, AFillThatBreaksOffForWantOfRoomLosesNoAnswer) {
  Damage();
  Connect();
  Give({Welcome(false), Inventory(7, {zone_, other_})});
  Give({Snapshot(7, zone_)});
  inside_->FailWrites(absl::ResourceExhaustedError("the disk is full"));
  Give({Snapshot(7, other_), Heartbeat(7, 7)});
  EXPECT_EQ(LookA("www.example.net."), "1");
  inside_->FailWrites(absl::OkStatus());
  Connect();
  EXPECT_EQ(renewals_, 1);
  EXPECT_EQ(LookA("www.example.net."), "1");
  Give({Welcome(false)});
  EXPECT_EQ(LookA("www.example.net."), "1");
  Give({Inventory(8, {other_})});
  EXPECT_EQ(LookA("www.example.com."), "no zone") << "it has left meanwhile";
  Give({Snapshot(8, other_), Heartbeat(8, 8)});
  EXPECT_EQ(LookA("www.example.net."), "1");
  EXPECT_EQ(stream_.LastAcknowledgement().index(), 8u);
  EXPECT_EQ(Alarms(), "");
}

TEST_F(DamagedStoreTest, WithoutRoomForANewDatabaseItGoesOnAnsweringAndTriesAgain) {
  no_new_one_ = absl::ResourceExhaustedError("the disk is full");
  Damage();
  for (int i = 1; i <= 3; ++i) {
    Connect();
    EXPECT_EQ(renewals_, i);
    EXPECT_EQ(LookA("www.example.com."), "1");
    EXPECT_TRUE(absl::StrContains(loop_->StatusLine(), "the disk is full")) << loop_->StatusLine();
  }
  no_new_one_ = absl::OkStatus();
  Connect();
  Give({Welcome(false), Inventory(7, {zone_, other_})});
  Give({Snapshot(7, zone_), Snapshot(7, other_), Heartbeat(7, 7)});
  EXPECT_EQ(stream_.LastAcknowledgement().index(), 7u);
}

TEST_F(DamagedStoreTest, ASecondDamageInTheMiddleOfTheFillLosesNoAnswer) {
  Damage();
  Connect();
  Give({Welcome(false), Inventory(7, {zone_, other_})});
  Give({Snapshot(7, zone_)});
  inside_->FailWrites(absl::DataLossError("damaged bytes in the database"));
  Give({Snapshot(7, other_), Heartbeat(7, 7)});
  Connect();
  EXPECT_EQ(renewals_, 2);
  Give({Welcome(false), Inventory(9, {zone_, other_})});
  EXPECT_EQ(LookA("www.example.com."), "1");
  EXPECT_EQ(LookA("www.example.net."), "1");
  Give({Snapshot(9, zone_), Snapshot(9, other_), Heartbeat(9, 9)});
  EXPECT_EQ(stream_.LastAcknowledgement().index(), 9u);
  EXPECT_EQ(stream_.LastAcknowledgement().exceptions_size(), 0);
}

}  // namespace
}  // namespace quartet::nameserver
