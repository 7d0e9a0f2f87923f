// Whole clusters under many seeds; and proof that the checks find what they are for.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "replication/base/log.h"
#include "tests/simulation/cluster.h"

namespace quartet::simulation {
namespace {

constexpr uint64_t kSeeds = 500;
// A mistake has to show within so many.
constexpr uint64_t kMutationSeeds = 60;

class SimulationTest : public testing::Test {
 protected:
  SimulationTest() { log::SetLevel(log::Level::kError); }

  // What is found of a mistake, seed after seed, until one is as expected; all of them if none is.
  static std::string FindingsOf(Mutation mutation, const std::string& expected) {
    std::string findings;
    for (uint64_t seed = 1; seed <= kMutationSeeds; ++seed) {
      RunOptions options;
      options.seed = seed;
      options.mutation = mutation;
      const std::string finding = RunOnce(options).finding.value_or("nothing");
      if (finding.find(expected) != std::string::npos) return expected;
      findings += finding + "\n";
    }
    return findings;
  }
};

TEST_F(SimulationTest, HoldsUnderEverySeed) {
  uint64_t acknowledged = 0;
  uint64_t faults = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    RunOptions options;
    options.seed = seed;
    const RunResult result = RunOnce(options);
    ASSERT_FALSE(result.finding.has_value())
        << *result.finding << "\nat " << result.time_us << " us; again with: "
        << "simulation_soak --replay --seed " << seed;
    acknowledged += result.acknowledged;
    faults += result.faults;
  }
  // It did something.
  EXPECT_GT(acknowledged, 10 * kSeeds);
  EXPECT_GT(faults, 5 * kSeeds);
}

TEST_F(SimulationTest, ASeedGivesTheSameRunAgain) {
  RunOptions options;
  options.seed = 7;
  const RunResult first = RunOnce(options);
  const RunResult second = RunOnce(options);
  EXPECT_EQ(first.events, second.events);
  EXPECT_EQ(first.time_us, second.time_us);
  EXPECT_EQ(first.entries, second.entries);
}

TEST_F(SimulationTest, FindsAcknowledgingBeforeTheSync) {
  EXPECT_EQ(FindingsOf(Mutation::kAcknowledgeBeforeSync, "is INSYNC, but node-"), "is INSYNC, but node-");
}

TEST_F(SimulationTest, FindsSkippingTheCursorRule) {
  EXPECT_EQ(FindingsOf(Mutation::kSkipCursorRule, "does not know that it is behind"),
            "does not know that it is behind");
}

TEST_F(SimulationTest, FindsApplyingAtAWrongRevision) {
  EXPECT_EQ(FindingsOf(Mutation::kApplyAtWrongRevision, "than the log's"), "than the log's");
}

TEST_F(SimulationTest, FindsInsyncWithThree) {
  EXPECT_EQ(FindingsOf(Mutation::kInsyncWithThree, "is INSYNC, but node-d"), "is INSYNC, but node-d");
}

}  // namespace
}  // namespace quartet::simulation
