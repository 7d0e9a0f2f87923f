#include "controller/sequencer/turn_queue.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/sequencer/plan_fixture.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

TurnQueue::Item Of(const std::string& zone, const std::string& name, size_t bytes = 100) {
  TurnQueue::Item item;
  item.proposal.zone_id = zone;
  item.proposal.request_id = name;
  item.proposal.bytes = bytes;
  return item;
}

bool Push(TurnQueue& queue, TurnQueue::Item item) { return queue.Push(item).ok(); }

std::vector<std::string> PopAll(TurnQueue& queue) {
  std::vector<std::string> names;
  while (const auto item = queue.Pop()) names.push_back(item->proposal.request_id);
  return names;
}

TEST(TurnQueueTest, OneZonesChangesComeInOrder) {
  TurnQueue queue({});
  std::vector<std::string> expected;
  for (int i = 0; i < 1000; ++i) {
    expected.push_back(absl::StrCat(i));
    ASSERT_TRUE(Push(queue, Of("Z1", expected.back(), i * 37 % 3000)));
  }
  EXPECT_EQ(queue.size(), 1000u);
  EXPECT_EQ(PopAll(queue), expected);
  EXPECT_TRUE(queue.empty());
  EXPECT_FALSE(queue.Pop().has_value());
}

TEST(TurnQueueTest, ASmallChangeWaitsForOneTurnOfAZoneWithManyLargeOnes) {
  TurnQueue queue({.turn_bytes = 64 << 10});
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(Push(queue, Of("import", absl::StrCat("chunk", i), 60 << 10)));
  EXPECT_EQ(queue.Pop()->proposal.request_id, "chunk0");
  ASSERT_TRUE(Push(queue, Of("small", "change")));
  size_t before = 0;
  while (queue.Pop()->proposal.request_id != "change") ++before;
  EXPECT_LE(before, 1u);
}

TEST(TurnQueueTest, AnItemAboveATurnComesAfterAsManyRounds) {
  TurnQueue queue({.turn_bytes = 1000});
  ASSERT_TRUE(Push(queue, Of("large", "batch", 10'000)));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(Push(queue, Of("small", absl::StrCat(i), 400)));
  int before = 0;
  while (queue.Pop()->proposal.request_id != "batch") ++before;
  EXPECT_GE(before, 9);
  EXPECT_LE(before, 12);
}

TEST(TurnQueueTest, AloneNothingWaitsForItsTurn) {
  TurnQueue queue({.turn_bytes = 1});
  ASSERT_TRUE(Push(queue, Of("large", "batch", 1 << 20)));
  EXPECT_EQ(queue.Pop()->proposal.request_id, "batch");
}

TEST(TurnQueueTest, WhatIsAboutNoZoneTakesTurnsByPrincipal) {
  TurnQueue queue({});
  for (const char* principal : {"alice", "alice", "alice", "bob"}) {
    TurnQueue::Item item = Of("", principal, 50 << 10);
    item.proposal.principal = principal;
    ASSERT_TRUE(Push(queue, std::move(item)));
  }
  EXPECT_EQ(PopAll(queue), (std::vector<std::string>{"alice", "bob", "alice", "alice"}));
}

TEST(TurnQueueTest, AZoneCantFillTheWholeQueue) {
  TurnQueue queue({.proposals = 10, .zone_proposals = 4});
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Push(queue, Of("Z1", "a")));
  TurnQueue::Item refused = Of("Z1", "kept");
  EXPECT_TRUE(absl::IsResourceExhausted(queue.Push(refused)));
  EXPECT_EQ(refused.proposal.request_id, "kept");
  EXPECT_TRUE(Push(queue, Of("Z2", "b")));
  EXPECT_EQ(queue.size(), 5u);
}

TEST(TurnQueueTest, BytesAreBounded) {
  TurnQueue queue({.bytes = 1000, .zone_bytes = 600});
  EXPECT_TRUE(Push(queue, Of("Z1", "a", 500)));
  EXPECT_FALSE(Push(queue, Of("Z1", "b", 200)));
  EXPECT_TRUE(Push(queue, Of("Z2", "c", 400)));
  EXPECT_FALSE(Push(queue, Of("Z3", "d", 200)));
  EXPECT_EQ(PopAll(queue).size(), 2u);
  // What is above every bound is taken alone.
  EXPECT_TRUE(Push(queue, Of("Z1", "e", 5000)));
  EXPECT_FALSE(Push(queue, Of("Z2", "f", 1)));
  EXPECT_EQ(PopAll(queue).size(), 1u);
  EXPECT_TRUE(Push(queue, Of("Z2", "f", 1)));
}

// Zones that always have something waiting get the same share of bytes, whatever the sizes of their changes, but for
// one turn and one item; and each zone's come in order.
TEST(TurnQueueTest, BusyZonesGetEqualShares) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SeededRandom random(seed);
    constexpr size_t kLargest = 200 << 10;
    TurnQueue queue({});
    std::map<std::string, uint64_t> sent;
    std::map<std::string, uint64_t> taken;
    std::map<std::string, uint64_t> bytes;
    const uint64_t zones = 2 + random.Next() % 6;
    const auto send = [&](const std::string& zone) {
      const size_t most = zone == "Z0" ? kLargest : zone == "Z1" ? 200 : 20'000;
      TurnQueue::Item item = Of(zone, "", random.Next() % most);
      item.proposal.patience_us = static_cast<int64_t>(sent[zone]++);
      return queue.Push(item).ok();
    };
    for (uint64_t zone = 0; zone < zones; ++zone) ASSERT_TRUE(send(absl::StrCat("Z", zone)));
    for (int i = 0; i < 20'000; ++i) {
      const auto item = queue.Pop();
      const std::string& zone = item->proposal.zone_id;
      EXPECT_EQ(static_cast<uint64_t>(item->proposal.patience_us), taken[zone]++);
      bytes[zone] += 512 + item->proposal.bytes;
      // At times a zone has a queue, and at times one change after another; all the while it has something.
      do {
        ASSERT_TRUE(send(zone));
      } while (sent[zone] - taken[zone] < 1 + random.Next() % 4);
    }
    const auto [least, most] = std::minmax_element(
        bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    EXPECT_LE(most->second - least->second, 2 * (uint64_t{64} << 10) + 2 * kLargest) << "seed " << seed;
  }
}

}  // namespace
}  // namespace quartet::controller
