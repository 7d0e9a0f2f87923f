#include "tests/simulation/script.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "absl/strings/match.h"
#include "replication/base/log.h"
#include "tests/simulation/schedule.h"
#include "tests/simulation/shrink.h"

namespace quartet::simulation {
namespace {

TEST(ActionTest, EveryKindIsReadAsItIsWritten) {
  for (size_t kind = 0; kind < ActionForms().size(); ++kind) {
    const ActionForm& form = ActionForms()[kind];
    ASSERT_EQ(static_cast<size_t>(form.kind), kind) << form.verb << " is out of order";
    Action action;
    action.kind = form.kind;
    if (form.of_node) action.node = "a0";
    if (form.of_zone) action.zone = 3;
    if (!form.number.empty()) action.number = 17;
    const absl::StatusOr<Action> read = ParseAction(ToString(action));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, action);
  }
}

TEST(ActionTest, SaysWhatIsWrongWithALine) {
  const auto why = [](const std::string& line) { return std::string(ParseAction(line).status().message()); };
  EXPECT_EQ(why("explode"), "\"explode\": there is no such action");
  EXPECT_EQ(why("crash down 3"), "\"crash down 3\": \"node\" and its name are missing");
  EXPECT_EQ(why("change zone x salt 1"), "\"change zone x salt 1\": \"zone\" and its number are missing");
  EXPECT_EQ(why("advance ms"), "\"advance ms\": \"ms\" and a number are missing");
  EXPECT_EQ(why("backup now"), "\"backup now\": \"now\" is one too many");
}

TEST(ScriptTest, IsReadAsItIsWritten) {
  const std::string text =
      "# What it is about.\nseed 9\nmutation filter-drops-entry\nbackup\nadvance ms 5\nsaw restored\n";
  const absl::StatusOr<Script> script = ParseScript(text);
  ASSERT_TRUE(script.ok()) << script.status();
  EXPECT_EQ(ToString(*script), text);
  EXPECT_EQ(ParseScript("seed 1\nnonsense\n").status().message(),
            "line 2: \"nonsense\": there is no such action");
}

TEST(ScriptTest, SaysWhatItDidNotSee) {
  Script script;
  script.saw = {"restored"};
  EXPECT_EQ(Play(script).value_or(""), "it did not come to this: restored");
}

TEST(ScheduleTest, ASeedGivesTheSameActionsAgain) {
  Schedule first(5);
  Schedule second(5);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(first.Next(), second.Next());
}

TEST(ShrinkTest, FindingsOfOneKindDifferInNumbersAndNamesOnly) {
  EXPECT_TRUE(
      SameKind("a0 at 7 has revision 1 of ZAAAABBBBCCCCD", "d1 at 19 has revision 4 of ZKKKKBBBBCCCCD"));
  EXPECT_FALSE(SameKind("a0 at 7 is lost", "a0 at 7 is found"));
}

// A run that fails comes down to a few actions, which fail in the same way when they are played.
TEST(ShrinkTest, LeavesWhatMatters) {
  log::SetLevel(kNoLogs);
  RunOptions options;
  options.mutation = Mutation::kRequestForgotten;
  RunResult result;
  for (options.seed = 1; options.seed < 100; ++options.seed) {
    result = RunOnce(options);
    if (result.finding.has_value()) break;
  }
  ASSERT_TRUE(result.finding.has_value());
  Script script;
  script.seed = options.seed;
  script.mutation = options.mutation;
  script.actions = result.actions;
  const Shrunk shrunk = Shrink(script, *result.finding, std::chrono::seconds(30));
  EXPECT_LE(shrunk.script.actions.size(), 10u) << ToString(shrunk.script);
  const absl::StatusOr<Script> kept = ParseScript(ToString(shrunk.script));
  ASSERT_TRUE(kept.ok());
  const Finding again = Play(*kept);
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(absl::StrContains(*again, "was done twice")) << *again;
}

}  // namespace
}  // namespace quartet::simulation
