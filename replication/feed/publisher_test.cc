// What the transcripts don't show: credit, bad messages, several nodes.
#include "replication/feed/publisher.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "replication/feed/stream_rules.h"
#include "replication/feed/test_controller.h"
#include "replication/replica/layout.h"
#include "replication/store/memory_store.h"

namespace quartet::replication {
namespace {

const std::string kIncarnation(16, 'i');

v1::SubscribeRequest Hello(uint64_t credit) {
  v1::SubscribeRequest request;
  request.mutable_hello()->set_incarnation(kIncarnation);
  request.mutable_hello()->set_format(1);
  request.mutable_hello()->set_span_credit(credit);
  request.mutable_hello()->set_snapshot_credit(credit);
  return request;
}

v1::SubscribeRequest Acknowledge(uint64_t epoch, uint64_t index) {
  v1::SubscribeRequest request;
  request.mutable_acknowledgement()->set_incarnation(kIncarnation);
  request.mutable_acknowledgement()->set_epoch(epoch);
  request.mutable_acknowledgement()->set_index(index);
  return request;
}

class PublisherTest : public testing::Test {
 protected:
  PublisherTest() : controller_(store_, 7) {
    for (const char* node : {"n1", "n2"}) {
      controller_.Enroll(node, "ns1", stored::v1::NODE_STATE_COUNTED);
    }
    controller_.Enroll("n3", "ns2", stored::v1::NODE_STATE_COUNTED);
    publisher_ = Publisher::Create(controller_.log(), store_, clock_, {});
    publisher_->Committed(controller_.head());
  }

  SessionId Open(const std::string& node, const std::string& nameserver = "ns1", uint64_t credit = 1 << 20) {
    absl::StatusOr<SessionId> session = publisher_->Open(node, nameserver);
    EXPECT_TRUE(session.ok()) << session.status();
    EXPECT_TRUE(publisher_->Receive(*session, Hello(credit)).ok());
    return *session;
  }

  // All there is to send, by session.
  std::map<SessionId, std::vector<v1::SubscribeResponse>> Take() {
    std::map<SessionId, std::vector<v1::SubscribeResponse>> messages;
    for (bool more = true; more;) {
      std::unique_ptr<Publisher::Turn> turn = publisher_->TakeTurn();
      more = turn != nullptr;
      if (more) {
        turn->Run();
        publisher_->EndTurn(std::move(turn));
      }
      Publisher::Output output = publisher_->Take();
      for (auto& message : output.messages) messages[message.session].push_back(message.message.Parse());
      for (auto& end : output.ended) ended_[end.session] = end.status;
      for (auto& report : output.reports) reports_.push_back(std::move(report));
      for (auto& health : output.health) health_.push_back(std::move(health));
      more = more || publisher_->has_turn();
    }
    return messages;
  }

  void Commit(const Position& position) { publisher_->Committed(position); }

  TestClock clock_;
  store::MemoryStore store_;
  TestController controller_;
  std::unique_ptr<Publisher> publisher_;
  std::map<SessionId, absl::Status> ended_;
  std::vector<Publisher::Output::Report> reports_;
  std::vector<Publisher::Output::Health> health_;
};

TEST_F(PublisherTest, NodesOfOneNameserverGetTheSameSpans) {
  const SessionId first = Open("n1");
  const SessionId second = Open("n2");
  const SessionId other = Open("n3", "ns2");
  Take();
  Commit(controller_.CreateZone(TestZoneId("Za"), "example.org.", {"ns1"}));
  auto messages = Take();
  ASSERT_EQ(messages[first].size(), 1u);
  EXPECT_EQ(messages[first][0].SerializeAsString(), messages[second][0].SerializeAsString());
  EXPECT_TRUE(messages[other].empty());
}

TEST_F(PublisherTest, SpansStopWithTheCreditAndGoOnWithMore) {
  const SessionId session = Open("n1", "ns1", 2000);
  Take();
  Commit(controller_.CreateZone(TestZoneId("Za"), "example.org.", {"ns1"}));
  const std::string value(1000, 'x');
  uint64_t spans = 0;
  for (int i = 0; i < 20; ++i) {
    Commit(controller_.ChangeZone(TestZoneId("Za"), {{"k", value.c_str()}}));
    spans += Take()[session].size();
  }
  EXPECT_LE(spans, 4u);
  v1::SubscribeRequest more;
  more.mutable_credit()->set_span_bytes(1 << 20);
  ASSERT_TRUE(publisher_->Receive(session, more).ok());
  auto messages = Take();
  ASSERT_EQ(messages[session].size(), 1u);
  EXPECT_EQ(messages[session][0].span().upto().index(), controller_.head().index);
}

TEST_F(PublisherTest, SnapshotsHaveCreditOfTheirOwn) {
  Commit(controller_.CreateZone(TestZoneId("Za"), "example.org.", {"ns1"}));
  const std::string value(60'000, 'x');
  for (int i = 0; i < 10; ++i) {
    Commit(controller_.ChangeZone(TestZoneId("Za"), {{"k" + std::to_string(i), value.c_str()}}));
  }
  const SessionId session = Open("n1", "ns1", 100'000);
  Take();
  v1::SubscribeRequest fetch;
  fetch.mutable_fetch_zones()->add_zone_ids(TestZoneId("Za"));
  ASSERT_TRUE(publisher_->Receive(session, fetch).ok());
  auto messages = Take();
  EXPECT_EQ(messages[session].size(), 2u);
  for (const v1::SubscribeResponse& message : messages[session]) {
    EXPECT_LE(message.snapshot_part().ByteSizeLong(), 66'000u);
  }
  Commit(controller_.ChangeZone(TestZoneId("Za"), {{"small", "1"}}));
  messages = Take();
  ASSERT_EQ(messages[session].size(), 1u);
  EXPECT_TRUE(messages[session][0].has_span());
  v1::SubscribeRequest more;
  more.mutable_credit()->set_snapshot_bytes(10 << 20);
  ASSERT_TRUE(publisher_->Receive(session, more).ok());
  messages = Take();
  ASSERT_FALSE(messages[session].empty());
  EXPECT_TRUE(messages[session].back().snapshot_part().last());
}

TEST_F(PublisherTest, NothingIsSentBeforeTheFirstCommitted) {
  publisher_ = Publisher::Create(controller_.log(), store_, clock_, {});
  const SessionId session = Open("n1");
  EXPECT_TRUE(Take().empty());
  Commit(controller_.head());
  EXPECT_FALSE(Take()[session].empty());
}

TEST_F(PublisherTest, ANodeAheadOfTheControllerHasToWait) {
  const SessionId session = *publisher_->Open("n1", "ns1");
  v1::SubscribeRequest hello = Hello(1000);
  Position ahead = controller_.head();
  ahead.index += 5;
  WritePosition(ahead, *hello.mutable_hello()->mutable_cursor());
  ASSERT_TRUE(publisher_->Receive(session, hello).ok());
  Take();
  EXPECT_TRUE(absl::IsUnavailable(ended_[session]));
}

TEST_F(PublisherTest, AForkGetsAnInventory) {
  const SessionId session = *publisher_->Open("n1", "ns1");
  v1::SubscribeRequest hello = Hello(1000);
  Position fork = controller_.head();
  fork.chain[3] ^= 1;
  WritePosition(fork, *hello.mutable_hello()->mutable_cursor());
  ASSERT_TRUE(publisher_->Receive(session, hello).ok());
  auto messages = Take();
  ASSERT_EQ(messages[session].size(), 2u);
  EXPECT_FALSE(messages[session][0].welcome().resumed());
  EXPECT_TRUE(messages[session][1].inventory_part().last());
}

TEST_F(PublisherTest, AcknowledgementsOfWhatWasNotSentAreRefused) {
  const SessionId session = Open("n1");
  EXPECT_TRUE(absl::IsInvalidArgument(publisher_->Receive(session, Acknowledge(7, 1))));
  Take();
  const uint64_t head = controller_.head().index;
  EXPECT_TRUE(publisher_->Receive(session, Acknowledge(7, head)).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(publisher_->Receive(session, Acknowledge(7, head + 1))));
  EXPECT_TRUE(absl::IsInvalidArgument(publisher_->Receive(session, Acknowledge(7, head - 1))));
  EXPECT_TRUE(absl::IsInvalidArgument(publisher_->Receive(session, Acknowledge(8, head))));
  v1::SubscribeRequest other = Acknowledge(7, head);
  other.mutable_acknowledgement()->set_incarnation(std::string(16, 'o'));
  EXPECT_TRUE(absl::IsInvalidArgument(publisher_->Receive(session, other)));
  ASSERT_EQ(publisher_->Progress().size(), 1u);
  EXPECT_EQ(publisher_->Progress()[0].acknowledged_index, head);
}

TEST_F(PublisherTest, BrokenMessagesAreRefused) {
  const SessionId session = *publisher_->Open("n1", "ns1");
  v1::SubscribeRequest fetch;
  fetch.mutable_fetch_zones()->add_zone_ids(TestZoneId("Za"));
  EXPECT_TRUE(absl::IsInvalidArgument(publisher_->Receive(session, fetch)));
  EXPECT_TRUE(absl::IsInvalidArgument(publisher_->Receive(session, v1::SubscribeRequest())));
  v1::SubscribeRequest short_incarnation = Hello(1000);
  short_incarnation.mutable_hello()->set_incarnation("x");
  EXPECT_TRUE(absl::IsInvalidArgument(publisher_->Receive(session, short_incarnation)));
  v1::SubscribeRequest greedy = Hello(uint64_t{1} << 60);
  EXPECT_TRUE(absl::IsInvalidArgument(publisher_->Receive(session, greedy)));
  EXPECT_TRUE(absl::IsAborted(publisher_->Receive(session + 1, Hello(1000))));
}

TEST_F(PublisherTest, AZoneOfOthersIsNotGivenAway) {
  Commit(controller_.CreateZone(TestZoneId("Za"), "example.org.", {"ns2"}));
  Commit(controller_.ChangeZone(TestZoneId("Za"), {{"www", "1"}}));
  const SessionId session = Open("n1");
  Take();
  v1::SubscribeRequest fetch;
  fetch.mutable_fetch_zones()->add_zone_ids(TestZoneId("Za"));
  ASSERT_TRUE(publisher_->Receive(session, fetch).ok());
  auto messages = Take();
  ASSERT_EQ(messages[session].size(), 1u);
  EXPECT_FALSE(messages[session][0].snapshot_part().has_row());
  EXPECT_EQ(messages[session][0].snapshot_part().records_size(), 0);
}

TEST_F(PublisherTest, ProgressOfAnIncarnationIsForgottenWithIt) {
  const SessionId session = Open("n1");
  Take();
  ASSERT_TRUE(publisher_->Receive(session, Acknowledge(7, controller_.head().index)).ok());
  publisher_->Close(session);
  EXPECT_TRUE(publisher_->Progress()[0].acknowledged);
  EXPECT_FALSE(publisher_->Progress()[0].connected);
  const SessionId next = *publisher_->Open("n1", "ns1");
  v1::SubscribeRequest hello = Hello(1000);
  hello.mutable_hello()->set_incarnation(std::string(16, 'n'));
  ASSERT_TRUE(publisher_->Receive(next, hello).ok());
  EXPECT_FALSE(publisher_->Progress()[0].acknowledged);
}

v1::Inquiry Inquiry(uint64_t id) {
  v1::Inquiry inquiry;
  inquiry.set_id(id);
  inquiry.set_depth(v1::DEPTH_STATED);
  return inquiry;
}

v1::SubscribeRequest Report(uint64_t inquiry, uint32_t part, bool last) {
  v1::SubscribeRequest request;
  request.mutable_report_part()->set_inquiry(inquiry);
  request.mutable_report_part()->set_part(part);
  request.mutable_report_part()->set_last(last);
  return request;
}

TEST_F(PublisherTest, InquiriesGoOutOneByOneAndReportsComeBack) {
  EXPECT_TRUE(absl::IsFailedPrecondition(publisher_->Inquire("n1", Inquiry(1))));
  const SessionId session = Open("n1");
  Take();
  ASSERT_TRUE(publisher_->Inquire("n1", Inquiry(1)).ok());
  ASSERT_TRUE(publisher_->Inquire("n1", Inquiry(2)).ok());
  auto messages = Take();
  ASSERT_EQ(messages[session].size(), 1u);
  EXPECT_EQ(messages[session][0].inquiry().id(), 1u);
  EXPECT_TRUE(absl::IsInvalidArgument(publisher_->Receive(session, Report(2, 0, true))));
  ASSERT_TRUE(publisher_->Receive(session, Report(1, 0, false)).ok());
  ASSERT_TRUE(publisher_->Receive(session, Report(1, 1, true)).ok());
  messages = Take();
  ASSERT_EQ(messages[session].size(), 1u);
  EXPECT_EQ(messages[session][0].inquiry().id(), 2u);
  ASSERT_EQ(reports_.size(), 2u);
  EXPECT_EQ(reports_[1].node, "n1");
  EXPECT_TRUE(reports_[1].part.last());
}

TEST_F(PublisherTest, AnInquiryEndsWithItsStream) {
  const SessionId session = Open("n1");
  ASSERT_TRUE(publisher_->Inquire("n1", Inquiry(1)).ok());
  Take();
  publisher_->Close(session);
  Take();
  ASSERT_EQ(reports_.size(), 1u);
  EXPECT_TRUE(reports_[0].part.last());
  EXPECT_FALSE(reports_[0].part.error().empty());
}

TEST_F(PublisherTest, HealthIsHandedOn) {
  const SessionId session = *publisher_->Open("n1", "ns1");
  v1::SubscribeRequest health;
  health.mutable_health()->set_zones(5);
  EXPECT_TRUE(absl::IsInvalidArgument(publisher_->Receive(session, health)));
  ASSERT_TRUE(publisher_->Receive(session, Hello(1000)).ok());
  ASSERT_TRUE(publisher_->Receive(session, health).ok());
  Take();
  ASSERT_EQ(health_.size(), 1u);
  EXPECT_EQ(health_[0].node, "n1");
  EXPECT_EQ(health_[0].health.zones(), 5u);
  health.mutable_health()->add_alarms(std::string(65 << 10, 'x'));
  EXPECT_TRUE(absl::IsInvalidArgument(publisher_->Receive(session, health)));
}

TEST_F(PublisherTest, RepairsAreAllowedOnAStreamThatGotItsWelcome) {
  EXPECT_TRUE(absl::IsFailedPrecondition(publisher_->AllowRepair("n1", "")));
  const SessionId session = Open("n1");
  EXPECT_TRUE(absl::IsFailedPrecondition(publisher_->AllowRepair("n1", "")));
  Take();
  ASSERT_TRUE(publisher_->AllowRepair("n1", TestZoneId("Za")).ok());
  auto messages = Take();
  ASSERT_EQ(messages[session].size(), 1u);
  EXPECT_EQ(messages[session][0].allow_repair().zone_id(), TestZoneId("Za"));
}

TEST_F(PublisherTest, UnsettledNothingIsSentButInquiries) {
  publisher_->SetUnsettled(true);
  const SessionId session = Open("n1");
  auto messages = Take();
  ASSERT_EQ(messages[session].size(), 1u);
  EXPECT_TRUE(messages[session][0].welcome().unsettled());
  Commit(controller_.Enroll("n1", "ns1", stored::v1::NODE_STATE_DRAINING));
  publisher_->RosterChanged();
  clock_.Advance(5'000'000);
  EXPECT_TRUE(Take()[session].empty());
  EXPECT_TRUE(absl::IsFailedPrecondition(publisher_->AllowRepair("n1", "")));
  ASSERT_TRUE(publisher_->Inquire("n1", Inquiry(1)).ok());
  messages = Take();
  ASSERT_EQ(messages[session].size(), 1u);
  EXPECT_TRUE(messages[session][0].has_inquiry());
  publisher_->SetUnsettled(false);
  Take();
  EXPECT_TRUE(absl::IsUnavailable(ended_[session]));
  EXPECT_FALSE(reports_.back().part.error().empty());
  const SessionId next = Open("n1");
  EXPECT_FALSE(Take()[next][0].welcome().unsettled());
}

// Holds one zone quarantined, and notes the suspects.
class Guard : public ZoneGuard {
 public:
  std::string Quarantined(const std::string& zone_id) override {
    return zone_id == quarantined ? "it is damaged" : "";
  }
  void Suspect(const std::string& zone_id) override { suspects.push_back(zone_id); }

  std::string quarantined;
  std::vector<std::string> suspects;
};

TEST_F(PublisherTest, NothingOfAQuarantinedZoneIsSentAndDamageIsTold) {
  Guard guard;
  publisher_ = Publisher::Create(controller_.log(), store_, clock_, {.guard = &guard});
  for (const char* id : {"Za", "Zb", "Zc"})
    Commit(controller_.CreateZone(TestZoneId(id), absl::StrCat(id, ".org."), {"ns1"}));
  const std::string quarantined = TestZoneId("Za"), damaged = TestZoneId("Zb"), sound = TestZoneId("Zc");
  guard.quarantined = quarantined;
  const std::string prefix = layout::Generation(damaged, 1);
  store::Batch batch;
  batch.Put(prefix + "more", "value");
  ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());

  const SessionId session = Open("n1");
  Take();
  v1::SubscribeRequest fetch;
  for (const std::string& id : {quarantined, damaged, sound}) fetch.mutable_fetch_zones()->add_zone_ids(id);
  ASSERT_TRUE(publisher_->Receive(session, fetch).ok());
  std::map<std::string, std::string> reasons;
  auto messages = Take();
  for (const v1::SubscribeResponse& message : messages[session]) {
    for (const std::string& bytes : message.snapshot_parts().parts()) {
      v1::SnapshotPart part;
      ASSERT_TRUE(part.ParseFromString(bytes));
      reasons[part.zone_id()] = part.quarantined();
      EXPECT_EQ(part.has_row(), part.zone_id() == sound);
      EXPECT_EQ(part.records_size(), 0) << "no zone here has any that may be sent";
    }
  }
  ASSERT_EQ(reasons.size(), 3u);
  EXPECT_EQ(reasons[quarantined], "it is damaged");
  EXPECT_NE(reasons[damaged], "");
  EXPECT_EQ(reasons[sound], "");
  EXPECT_EQ(guard.suspects, std::vector<std::string>{damaged});
}

}  // namespace
}  // namespace quartet::replication
