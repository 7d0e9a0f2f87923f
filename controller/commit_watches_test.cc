#include "controller/commit_watches.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace quartet::controller {
namespace {

TEST(CommitWatchesTest, CallsThoseThatThereAreInOrder) {
  CommitWatches watches;
  std::vector<int> calls;
  const std::unique_ptr<Watch> first = watches.Add([&](const auto& entries) {
    EXPECT_EQ(entries.size(), 2u);
    calls.push_back(1);
  });
  std::unique_ptr<Watch> second = watches.Add([&](const auto&) { calls.push_back(2); });
  watches.Committed(std::vector<Sequencer::Committed>(2));
  second.reset();
  watches.Committed(std::vector<Sequencer::Committed>(2));
  EXPECT_EQ(calls, (std::vector<int>{1, 2, 1}));
}

TEST(CommitWatchesTest, AWatchThatHasEndedIsNotBeingCalled) {
  CommitWatches watches;
  std::atomic<bool> stop{false};
  std::thread commits([&] {
    while (!stop) watches.Committed({});
  });
  for (int i = 0; i < 1000; ++i) {
    auto alive = std::make_unique<int>(0);
    std::unique_ptr<Watch> watch = watches.Add([&alive](const auto&) { ++*alive; });
    watch.reset();
    alive.reset();
  }
  stop = true;
  commits.join();
}

TEST(CommitWatchesTest, AWatchMayOutliveIt) {
  auto watches = std::make_unique<CommitWatches>();
  const std::unique_ptr<Watch> watch = watches->Add([](const auto&) {});
  watches.reset();
}

}  // namespace
}  // namespace quartet::controller
