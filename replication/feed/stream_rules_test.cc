#include "replication/feed/stream_rules.h"

#include <gtest/gtest.h>

#include "absl/status/status.h"

namespace quartet::replication {
namespace {

Position At(uint64_t index) {
  Position position;
  position.epoch = 5;
  position.index = index;
  position.chain.fill(static_cast<uint8_t>(index));
  return position;
}

v1::SubscribeResponse Welcome(uint64_t epoch, bool resumed) {
  v1::SubscribeResponse message;
  message.mutable_welcome()->set_epoch(epoch);
  message.mutable_welcome()->set_resumed(resumed);
  return message;
}

v1::SubscribeResponse Span(const Position& after, const Position& upto) {
  v1::SubscribeResponse message;
  WritePosition(after, *message.mutable_span()->mutable_after());
  WritePosition(upto, *message.mutable_span()->mutable_upto());
  return message;
}

v1::SubscribeResponse Inventory(const Position& as_of, const std::string& zone_id, const std::string& name,
                                bool last) {
  v1::SubscribeResponse message;
  WritePosition(as_of, *message.mutable_inventory_part()->mutable_as_of());
  message.mutable_inventory_part()->set_last(last);
  stored::v1::NodeZoneRow* row = message.mutable_inventory_part()->add_zones();
  row->set_id(zone_id);
  row->set_name(name);
  return message;
}

// Serialised.
std::string Part(const Position& as_of) {
  v1::SnapshotPart part;
  WritePosition(as_of, *part.mutable_as_of());
  return part.SerializeAsString();
}

const std::string kName("\3org\0", 5);
const std::string kZone = "Z0000000000001";
const std::string kLaterZone = "Z0000000000002";

class StreamRulesTest : public testing::Test {
 protected:
  void Open(std::optional<Position> cursor) { rules_.Open({cursor, 5, 1000, 1000}); }

  StreamRules rules_;
};

TEST_F(StreamRulesTest, TakesSpansOneBehindTheOther) {
  Open(At(3));
  EXPECT_TRUE(rules_.Check(Welcome(5, true)).ok());
  EXPECT_TRUE(rules_.Check(Span(At(3), At(4))).ok());
  EXPECT_TRUE(rules_.Check(Span(At(4), At(4))).ok());
  EXPECT_TRUE(rules_.Check(Span(At(4), At(9))).ok());
}

TEST_F(StreamRulesTest, RefusesASpanThatIsNotTheNext) {
  Open(At(3));
  ASSERT_TRUE(rules_.Check(Welcome(5, true)).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(rules_.Check(Span(At(4), At(5)))));
  EXPECT_TRUE(absl::IsFailedPrecondition(rules_.Check(Span(At(2), At(5)))));
  Position fork = At(3);
  fork.chain[0] ^= 1;
  EXPECT_TRUE(absl::IsFailedPrecondition(rules_.Check(Span(fork, At(5)))));
}

TEST_F(StreamRulesTest, RefusesASpanWhoseEndsContradictEachOther) {
  Open(At(3));
  ASSERT_TRUE(rules_.Check(Welcome(5, true)).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(Span(At(3), At(2)))));
  Position other_epoch = At(4);
  other_epoch.epoch = 6;
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(Span(At(3), other_epoch))));
  v1::SubscribeResponse outside = Span(At(3), At(5));
  outside.mutable_span()->add_entries()->set_index(6);
  outside.mutable_span()->mutable_entries(0)->set_zone_id(kZone);
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(outside)));
  v1::SubscribeResponse chainless = Span(At(3), At(5));
  chainless.mutable_span()->mutable_upto()->set_chain("short");
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(chainless)));
}

TEST_F(StreamRulesTest, RefusesALowerEpoch) {
  Open(At(3));
  EXPECT_TRUE(absl::IsFailedPrecondition(rules_.Check(Welcome(4, false))));
}

// Another service has other zones: its inventory would take away all that this node has.
TEST_F(StreamRulesTest, RefusesAnotherService) {
  const auto welcome_with = [](uint32_t id, const std::string& key) {
    v1::SubscribeResponse welcome = Welcome(9, false);
    v1::DigestKey* added = welcome.mutable_welcome()->add_digest_keys();
    added->set_id(id);
    added->set_key(key);
    return welcome;
  };
  const auto check = [this](const v1::SubscribeResponse& welcome) {
    rules_.Open({At(3), 5, 1000, 1000, {{1, "ours"}}});
    return rules_.Check(welcome);
  };
  EXPECT_TRUE(absl::IsFailedPrecondition(check(welcome_with(1, "theirs"))));
  EXPECT_TRUE(check(welcome_with(1, "ours")).ok());
  EXPECT_TRUE(check(welcome_with(2, "new")).ok());
}

TEST_F(StreamRulesTest, RefusesToResumeWithoutACursor) {
  Open(std::nullopt);
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(Welcome(5, true))));
}

TEST_F(StreamRulesTest, RefusesToResumeInAnotherEpoch) {
  Open(At(3));
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(Welcome(6, true))));
}

TEST_F(StreamRulesTest, WantsTheWelcomeFirstAndOnce) {
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(Welcome(5, true))));
  Open(At(3));
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(Span(At(3), At(4)))));
  ASSERT_TRUE(rules_.Check(Welcome(5, true)).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(Welcome(5, true))));
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(v1::SubscribeResponse())));
}

TEST_F(StreamRulesTest, WantsAnInventoryAsAWhole) {
  Open(std::nullopt);
  ASSERT_TRUE(rules_.Check(Welcome(5, false)).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(Span(At(3), At(4)))));
  ASSERT_TRUE(rules_.Check(Inventory(At(7), kLaterZone, kName, false)).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(Inventory(At(8), kLaterZone, kName, true))));
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(Inventory(At(7), kZone, kName, true))));
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(Inventory(At(7), "Z9", kName, true))));
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(Inventory(At(7), "Z0000000000003", "no name", true))));
  ASSERT_TRUE(rules_.Check(Inventory(At(7), "Z0000000000004", kName, true)).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(Inventory(At(7), "Z0000000000005", kName, true))));
  EXPECT_TRUE(rules_.Check(Span(At(7), At(8))).ok());
}

TEST_F(StreamRulesTest, RefusesMoreThanItGaveCreditFor) {
  rules_.Open({At(1), 5, 150, 150});
  ASSERT_TRUE(rules_.Check(Welcome(5, true)).ok());
  uint64_t index = 1;
  absl::Status status;
  for (; status.ok() && index < 100; ++index) status = rules_.Check(Span(At(index), At(index + 1)));
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_GT(index, 2u);
}

TEST_F(StreamRulesTest, GivesCreditBackOnceItIsWorthAMessage) {
  rules_.Open({At(1), 5, 1000, 1000});
  ASSERT_TRUE(rules_.Check(Welcome(5, true)).ok());
  ASSERT_TRUE(rules_.Check(Span(At(1), At(2))).ok());
  EXPECT_EQ(rules_.TakeCredit().span_bytes(), 0u);
  uint64_t spent = Span(At(1), At(2)).span().ByteSizeLong();
  for (uint64_t index = 2; spent * 4 < 1000; ++index) {
    const v1::SubscribeResponse span = Span(At(index), At(index + 1));
    spent += span.span().ByteSizeLong();
    ASSERT_TRUE(rules_.Check(span).ok());
  }
  EXPECT_EQ(rules_.TakeCredit().span_bytes(), spent);
  EXPECT_EQ(rules_.TakeCredit().span_bytes(), 0u);
}

TEST_F(StreamRulesTest, AnUnsettledControllerSendsNothingButInquiries) {
  Open(At(3));
  v1::SubscribeResponse welcome = Welcome(4, true);
  welcome.mutable_welcome()->set_unsettled(true);
  EXPECT_TRUE(rules_.Check(welcome).ok());
  v1::SubscribeResponse inquiry;
  inquiry.mutable_inquiry()->set_id(1);
  EXPECT_TRUE(rules_.Check(inquiry).ok());
  v1::SubscribeResponse drain;
  drain.mutable_drain();
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(drain)));
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(Span(At(3), At(4)))));
}

TEST_F(StreamRulesTest, ManySnapshotPartsInOneMessageCostWhatItIsLong) {
  Open(At(3));
  ASSERT_TRUE(rules_.Check(Welcome(5, true)).ok());
  v1::SubscribeResponse message;
  for (int i = 0; i < 20; ++i) message.mutable_snapshot_parts()->add_parts(Part(At(3)));
  ASSERT_GT(message.snapshot_parts().ByteSizeLong(), 500u);
  EXPECT_TRUE(rules_.Check(message).ok());
  EXPECT_TRUE(rules_.Check(message).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(rules_.Check(message)));
  Position other = At(3);
  other.epoch = 4;
  *message.mutable_snapshot_parts()->mutable_parts(7) = Part(other);
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(message)));
  *message.mutable_snapshot_parts()->mutable_parts(7) = Part(At(3)).substr(0, 10);
  EXPECT_TRUE(absl::IsInvalidArgument(rules_.Check(message)));
}

}  // namespace
}  // namespace quartet::replication
