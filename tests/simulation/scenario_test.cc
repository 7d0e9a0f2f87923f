// The schedules that broke earlier drafts of the design, and those that broke the code, played again. Each scenario is
// shown to be about what it says: with the mistake that it is made against, it ends in a finding.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "replication/base/log.h"
#include "tests/simulation/script.h"

namespace quartet::simulation {
namespace {

namespace fs = std::filesystem;

constexpr char kFolder[] = "tests/simulation/";

Script Read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  absl::StatusOr<Script> script = ParseScript(text.str());
  EXPECT_TRUE(file && script.ok()) << path << ": " << script.status();
  return script.ok() ? *script : Script();
}

class ScenarioTest : public testing::Test {
 protected:
  ScenarioTest() { log::SetLevel(kNoLogs); }

  // All holds; with any of the mistakes it does not.
  static void Check(const std::string& name, const std::vector<Mutation>& mistakes) {
    Script script = Read(kFolder + ("scenarios/" + name));
    EXPECT_EQ(Play(script).value_or(""), "");
    for (const Mutation mistake : mistakes) {
      script.mutation = mistake;
      EXPECT_NE(Play(script).value_or(""), "") << name << " does not show " << NameOf(mistake);
    }
  }
};

TEST_F(ScenarioTest, AnEntryLostWithItsStreamAndTheHeartbeatAfterItAcknowledged) {
  Check("entry_lost_with_its_stream.txt", {Mutation::kSkipCursorRule});
}

TEST_F(ScenarioTest, ADoubledCreateAfterADelete) {
  Check("doubled_create_after_delete.txt", {Mutation::kDoubledSpanApplied});
}

TEST_F(ScenarioTest, AJoinersSnapshotInTheMiddleOfAStagedImport) {
  Check("joiner_in_the_middle_of_an_import.txt", {Mutation::kBehindNotDurable});
}

TEST_F(ScenarioTest, AZoneUnassignedWhileItsNodeWasAway) {
  Check("unassigned_while_its_node_was_away.txt", {Mutation::kZoneKeptAfterItLeft});
}

TEST_F(ScenarioTest, ARestoreToAnOlderStateWithNodesAhead) {
  Check("restored_with_nodes_ahead.txt", {Mutation::kUnconfirmedStateSent, Mutation::kLowerEpochAccepted});
}

TEST_F(ScenarioTest, ADrainedNodeThatComesBack) {
  Check("drained_node_comes_back.txt",
        {Mutation::kDrainNotDurable, Mutation::kDrainedNodeCounted, Mutation::kSocketsOpenAfterDrain});
}

TEST_F(ScenarioTest, ADeposedLeaderThatGoesOn) {
  Check("deposed_leader.txt", {Mutation::kDeposedAppendAccepted, Mutation::kDeposedTrimAccepted});
}

TEST_F(ScenarioTest, AnAnswerThatWasLost) { Check("answer_lost.txt", {Mutation::kRequestForgotten}); }

TEST_F(ScenarioTest, DamageIsFoundAndRepaired) {
  Check("damage_is_found_and_repaired.txt", {Mutation::kUnverifiedReplacement});
}

TEST_F(ScenarioTest, RunsThatFailedOnceHold) {
  int played = 0;
  for (const auto& file : fs::directory_iterator(std::string(kFolder) + "regressions")) {
    const Script script = Read(file.path().string());
    EXPECT_EQ(Play(script).value_or(""), "") << file.path();
    EXPECT_FALSE(script.comment.empty()) << file.path() << " does not say what it was";
    ++played;
  }
  EXPECT_GT(played, 0);
}

}  // namespace
}  // namespace quartet::simulation
