#include "controller/services/watch_pump.h"

#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace quartet::controller {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto kLong = std::chrono::seconds(20);

// Counts its refreshes; each waits until it is let go.
class Counter : public Watched {
 public:
  void Refresh() override {
    std::unique_lock<std::mutex> lock(mutex_);
    times_.push_back(steady_clock::now());
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }

  bool WaitForRefreshes(size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, kLong, [&] { return times_.size() >= count; });
  }

  void SetOpen(bool open) {
    std::lock_guard<std::mutex> lock(mutex_);
    open_ = open;
    changed_.notify_all();
  }

  std::vector<steady_clock::time_point> times() {
    std::lock_guard<std::mutex> lock(mutex_);
    return times_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<steady_clock::time_point> times_;
  bool open_ = true;
};

TEST(WatchPump, RefreshesWhatIsScheduled) {
  WatchPump pump(microseconds(0));
  const auto one = std::make_shared<Counter>();
  const auto two = std::make_shared<Counter>();
  pump.Schedule(one);
  pump.Schedule(two);
  EXPECT_TRUE(one->WaitForRefreshes(1));
  EXPECT_TRUE(two->WaitForRefreshes(1));
}

TEST(WatchPump, MakesManySchedulingsOneRefresh) {
  WatchPump pump(microseconds(0));
  const auto blocker = std::make_shared<Counter>();
  const auto counter = std::make_shared<Counter>();
  blocker->SetOpen(false);
  pump.Schedule(blocker);
  ASSERT_TRUE(blocker->WaitForRefreshes(1));
  for (int i = 0; i < 100; ++i) pump.Schedule(counter);
  blocker->SetOpen(true);
  ASSERT_TRUE(counter->WaitForRefreshes(1));
  // Another watch, scheduled behind the counter, is refreshed behind whatever the counter was due for.
  pump.Schedule(blocker);
  ASSERT_TRUE(blocker->WaitForRefreshes(2));
  EXPECT_EQ(counter->times().size(), 1u);
}

TEST(WatchPump, SchedulesAgainWhatMovedDuringItsRefresh) {
  WatchPump pump(microseconds(0));
  const auto counter = std::make_shared<Counter>();
  counter->SetOpen(false);
  pump.Schedule(counter);
  ASSERT_TRUE(counter->WaitForRefreshes(1));
  pump.Schedule(counter);
  counter->SetOpen(true);
  EXPECT_TRUE(counter->WaitForRefreshes(2));
}

TEST(WatchPump, KeepsItsInterval) {
  WatchPump pump(milliseconds(30));
  const auto counter = std::make_shared<Counter>();
  pump.Schedule(counter);
  ASSERT_TRUE(counter->WaitForRefreshes(1));
  pump.Schedule(counter);
  ASSERT_TRUE(counter->WaitForRefreshes(2));
  const auto times = counter->times();
  EXPECT_GE(times[1] - times[0], milliseconds(29));
}

TEST(WatchPump, ForgetsWatchesThatAreGone) {
  WatchPump pump(microseconds(0));
  const auto blocker = std::make_shared<Counter>();
  blocker->SetOpen(false);
  pump.Schedule(blocker);
  ASSERT_TRUE(blocker->WaitForRefreshes(1));
  auto gone = std::make_shared<Counter>();
  const auto forgotten = std::make_shared<Counter>();
  pump.Schedule(gone);
  pump.Schedule(forgotten);
  pump.Forget(forgotten.get());
  gone.reset();
  blocker->SetOpen(true);
  pump.Schedule(blocker);
  ASSERT_TRUE(blocker->WaitForRefreshes(2));
  EXPECT_TRUE(forgotten->times().empty());
}

}  // namespace
}  // namespace quartet::controller
