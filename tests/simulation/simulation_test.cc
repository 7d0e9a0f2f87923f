// Whole clusters under many seeds.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "replication/base/log.h"
#include "tests/simulation/cluster.h"

namespace quartet::simulation {
namespace {

// About a minute of one core; divided, so that shards can share them.
constexpr uint64_t kBlocks = 24;
constexpr uint64_t kSeedsOfBlock = 50;

class SimulationTest : public testing::TestWithParam<uint64_t> {
 protected:
  SimulationTest() { log::SetLevel(kNoLogs); }
};

TEST_P(SimulationTest, HoldsUnderEverySeed) {
  uint64_t acknowledged = 0;
  uint64_t steps = 0;
  for (uint64_t i = 0; i < kSeedsOfBlock; ++i) {
    RunOptions options;
    options.seed = 1 + GetParam() * kSeedsOfBlock + i;
    const RunResult result = RunOnce(options);
    ASSERT_FALSE(result.finding.has_value())
        << *result.finding << "\nat " << result.time_us
        << " us; shorter, and again, with: simulation_soak --replay --seed " << options.seed;
    acknowledged += result.acknowledged;
    steps += result.steps;
  }
  // It did something.
  EXPECT_GT(acknowledged, 20 * kSeedsOfBlock);
  EXPECT_GE(steps, 2000 * kSeedsOfBlock);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SimulationTest, testing::Range<uint64_t>(0, kBlocks));

class ReplayTest : public testing::Test {
 protected:
  ReplayTest() { log::SetLevel(kNoLogs); }
};

TEST_F(ReplayTest, ASeedGivesTheSameRunAgain) {
  RunOptions options;
  options.seed = 7;
  const RunResult first = RunOnce(options);
  const RunResult second = RunOnce(options);
  EXPECT_EQ(first.steps, second.steps);
  EXPECT_EQ(first.time_us, second.time_us);
  EXPECT_EQ(first.entries, second.entries);
  EXPECT_EQ(first.actions, second.actions);
}

TEST_F(ReplayTest, TheActionsOfARunGiveTheSameRunAgain) {
  RunOptions options;
  options.seed = 8;
  const RunResult first = RunOnce(options);
  options.actions = first.actions;
  const RunResult second = RunOnce(options);
  EXPECT_EQ(first.steps, second.steps);
  EXPECT_EQ(first.time_us, second.time_us);
  EXPECT_EQ(first.seen, second.seen);
}

}  // namespace
}  // namespace quartet::simulation
