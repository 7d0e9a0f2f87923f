#include "controller/trimming/trim_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quartet::controller {
namespace {

using ::testing::ElementsAre;

constexpr uint64_t kEpoch = 7;
constexpr uint64_t kOverhead = 32;

// A log of at most 25,600 bytes, so of segments of 100 bytes, in which each entry is one.
class TrimRuleTest : public ::testing::Test {
 protected:
  void Append(int entries) {
    for (int i = 0; i < entries; ++i) {
      const uint64_t head = rule_.segments().head();
      rule_.segments().Append(head + 1, 100 - kOverhead);
    }
  }

  void Acknowledge(const std::string& node, uint64_t index) {
    replication::NodeProgress progress;
    progress.node = node;
    progress.connected = true;
    progress.incarnation = "i";
    progress.acknowledged = true;
    progress.epoch = kEpoch;
    progress.acknowledged_index = index;
    rule_.marks().Enrolled(node, false, std::nullopt);
    rule_.marks().Progress(progress, rule_.segments().head());
  }

  TrimRule rule_{25'600, kEpoch, 0};
};

TEST_F(TrimRuleTest, AnEighthStaysWithoutAnyNeed) {
  Append(32);
  EXPECT_EQ(rule_.Upto(), std::nullopt);
  Append(8);
  EXPECT_EQ(rule_.Upto(), 8u);
  rule_.Trimmed(8);
  EXPECT_EQ(rule_.Upto(), std::nullopt);
}

TEST_F(TrimRuleTest, WhatANodeHasNotAcknowledgedStaysWithinTheBound) {
  Append(20);
  Acknowledge("n", 15);
  Append(236);
  EXPECT_EQ(rule_.Upto(), 15u);
  rule_.Trimmed(15);
  EXPECT_EQ(rule_.Upto(), std::nullopt);
  Acknowledge("n", 100);
  EXPECT_EQ(rule_.Upto(), 100u);
}

TEST_F(TrimRuleTest, BeyondTheBoundTheOldestGoWhoeverNeedsThem) {
  Acknowledge("n", 0);
  Acknowledge("m", 7);
  Append(256);
  EXPECT_EQ(rule_.Upto(), std::nullopt);
  Append(5);
  EXPECT_EQ(rule_.Upto(), 5u);
  EXPECT_THAT(rule_.Trimmed(5), ElementsAre("n"));
  EXPECT_EQ(rule_.segments().bytes(), 25'600u);
}

TEST_F(TrimRuleTest, WhoWasPassedOverKeepsNothingFromGoing) {
  Acknowledge("n", 0);
  Append(257);
  rule_.Trimmed(*rule_.Upto());
  EXPECT_EQ(rule_.Upto(), 257u - 32);
}

TEST_F(TrimRuleTest, NothingGoesWhileItIsHeld) {
  Append(300);
  rule_.Hold();
  rule_.Hold();
  EXPECT_EQ(rule_.Upto(), std::nullopt);
  rule_.Release();
  EXPECT_EQ(rule_.Upto(), std::nullopt);
  rule_.Release();
  EXPECT_EQ(rule_.Upto(), 300u - 32);
}

}  // namespace
}  // namespace quartet::controller
