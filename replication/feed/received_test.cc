#include "replication/feed/received.h"

#include <gtest/gtest.h>

#include <string>

namespace quartet::replication {
namespace {

Received::Message Span(int64_t time) {
  Received::Message message;
  message.mutable_span()->set_time_us(time);
  return message;
}

// Of a thousand bytes and some.
Received::Message Part(const std::string& zone_id) {
  Received::Message message;
  message.mutable_snapshot_part()->set_zone_id(zone_id);
  message.mutable_snapshot_part()->add_records()->set_served(std::string(1000, 'x'));
  return message;
}

TEST(ReceivedTest, SpansComeBeforeTheSnapshotsThatCameBeforeThem) {
  Received received;
  received.Push(Part("a"));
  received.Push(Span(1));
  received.Push(Span(2));
  const std::vector<Received::Message> messages = received.Take(1000, 1000);
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_EQ(messages[0].span().time_us(), 1);
  EXPECT_EQ(messages[1].span().time_us(), 2);
  EXPECT_EQ(messages[2].snapshot_part().zone_id(), "a");
  EXPECT_TRUE(received.empty());
}

TEST(ReceivedTest, ARoundTakesABoundedPartOfTheSnapshots) {
  Received received;
  for (const char* zone : {"a", "b", "c"}) received.Push(Part(zone));
  EXPECT_EQ(received.Take(1000, 1500).size(), 2u);
  EXPECT_FALSE(received.empty());
  received.Push(Span(1));
  EXPECT_EQ(received.Take(1000, 1).size(), 2u) << "one of each at least";
  EXPECT_TRUE(received.empty());
}

TEST(ReceivedTest, WithTheStreamAllIsGone) {
  Received received;
  received.Push(Part("a"));
  received.Push(Span(1));
  received.Clear();
  EXPECT_TRUE(received.empty());
  EXPECT_TRUE(received.Take(1000, 1000).empty());
}

}  // namespace
}  // namespace quartet::replication
