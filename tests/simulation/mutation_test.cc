// Proof that the checks find what they are for: with each mistake switched on, some seed ends in the finding that is
// expected of it.
#include "tests/simulation/mutation.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "replication/base/log.h"
#include "tests/simulation/cluster.h"

namespace quartet::simulation {
namespace {

// No more than simulation_test runs.
constexpr uint64_t kSeeds = 300;

class MutationTest : public testing::TestWithParam<MutationForm> {
 protected:
  MutationTest() { log::SetLevel(kNoLogs); }
};

TEST_P(MutationTest, IsFound) {
  std::set<std::string> others;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    RunOptions options;
    options.seed = seed;
    options.mutation = GetParam().mutation;
    const std::string finding = RunOnce(options).finding.value_or("nothing");
    if (absl::StrContains(finding, GetParam().finding)) {
      RecordProperty("seed", static_cast<int>(seed));
      return;
    }
    others.insert(finding);
  }
  std::string listed;
  for (const std::string& other : others) listed += "  " + other + "\n";
  FAIL() << GetParam().name << " was not found by \"" << GetParam().finding << "\" within " << kSeeds
         << " seeds; what was found:\n"
         << listed;
}

INSTANTIATE_TEST_SUITE_P(All, MutationTest, testing::ValuesIn(Mutations()), [](const auto& one) {
  return absl::StrReplaceAll(one.param.name, {{"-", "_"}});
});

TEST(MutationsTest, AreTwentyAtLeastEachWithANameOfItsOwn) {
  std::set<std::string> names;
  for (const MutationForm& form : Mutations()) names.insert(std::string(form.name));
  EXPECT_EQ(names.size(), Mutations().size());
  EXPECT_GE(names.size(), 20u);
}

}  // namespace
}  // namespace quartet::simulation
