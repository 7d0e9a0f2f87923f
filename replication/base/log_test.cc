#include "replication/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quartet {
namespace {

using ::testing::EndsWith;
using ::testing::MatchesRegex;

class LogTest : public ::testing::Test {
 protected:
  ~LogTest() override { log::SetLevel(log::Level::kInfo); }

  template <typename Action>
  std::string Logged(Action action) {
    ::testing::internal::CaptureStderr();
    action();
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(LogTest, LineHasTimeLevelAndText) {
  const std::string line = Logged([] { LogInfo("node {} subscribed from {}", "n1", 42); });
  EXPECT_THAT(line, MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9:]+\\.[0-9]+Z info node n1 subscribed from 42\n"));
}

TEST_F(LogTest, WarningsAndErrorsSayWhatTheyAre) {
  EXPECT_THAT(Logged([] { LogWarning("a"); }), EndsWith("Z warning a\n"));
  EXPECT_THAT(Logged([] { LogError("b"); }), EndsWith("Z error b\n"));
}

TEST_F(LogTest, TextFromPeersCannotBeginALineOrDriveATerminal) {
  const std::string line = Logged([] { LogInfo("peer said: {}", "x\nfake\r\x1b[2J"); });
  EXPECT_THAT(line, EndsWith("info peer said: x\\x0afake\\x0d\\x1b[2J\n"));
}

TEST_F(LogTest, BracesInTextAreTextOnly) {
  EXPECT_THAT(Logged([] { log::Write(log::Level::kInfo, "{} {0:d} %v"); }), EndsWith("info {} {0:d} %v\n"));
}

TEST_F(LogTest, DropsLinesBelowTheLevel) {
  EXPECT_EQ(Logged([] { log::Write(log::Level::kDebug, "x"); }), "");
  log::SetLevel(log::Level::kError);
  EXPECT_EQ(Logged([] { LogWarning("x"); }), "");
  log::SetLevel(log::Level::kDebug);
  EXPECT_THAT(Logged([] { log::Write(log::Level::kDebug, "x"); }), EndsWith("debug x\n"));
}

}  // namespace
}  // namespace quartet
