#include "controller/registrar/operations/due_queue.h"

#include <algorithm>

#include "controller/registrar/operations/pauses.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

TEST(DueQueueTest, GivesWhatIsDueByItsTimeThenInOrder) {
  DueQueue queue;
  EXPECT_EQ(queue.next_us(), INT64_MAX);
  queue.Put("late", 30);
  queue.Put("first", 10);
  queue.Put("second", 10);
  EXPECT_EQ(queue.next_us(), 10);
  EXPECT_EQ(queue.Take(9), std::nullopt);
  EXPECT_EQ(queue.Take(10), "first");
  EXPECT_EQ(queue.Take(10), "second");
  EXPECT_EQ(queue.Take(29), std::nullopt);
  EXPECT_EQ(queue.next_us(), 30);
  EXPECT_EQ(queue.Take(40), "late");
  EXPECT_EQ(queue.Take(INT64_MAX), std::nullopt);
}

TEST(DueQueueTest, HasEachOnce) {
  DueQueue queue;
  queue.Put("a", 50);
  queue.Put("b", 20);
  queue.Put("a", 10);
  EXPECT_EQ(queue.Take(100), "a");
  EXPECT_EQ(queue.Take(100), "b");
  EXPECT_EQ(queue.Take(100), std::nullopt);
  queue.Put("a", 10);
  queue.Remove("a");
  queue.Remove("never there");
  EXPECT_EQ(queue.next_us(), INT64_MAX);
}

TEST(PausesTest, DoubleUpToTheLongest) {
  const Pauses pauses;
  int64_t longest = 0;
  for (uint32_t tries = 1; tries < 2000; ++tries) {
    // By 0 nothing is taken off.
    const int64_t pause = PauseAfter(pauses, tries, 0);
    EXPECT_EQ(pause, std::min<int64_t>(int64_t{1'000'000} << std::min<uint32_t>(tries - 1, 20), 300'000'000));
    longest = std::max(longest, pause);
  }
  EXPECT_EQ(longest, 300'000'000);
}

TEST(PausesTest, TakeUpToHalfOffByChance) {
  const Pauses pauses;
  int64_t shortest = INT64_MAX;
  int64_t longest = 0;
  for (uint64_t random = 0; random < 100'000'000; random += 12'347) {
    const int64_t pause = PauseAfter(pauses, 4, random);
    shortest = std::min(shortest, pause);
    longest = std::max(longest, pause);
  }
  EXPECT_GE(shortest, 4'000'000);
  EXPECT_LT(shortest, 4'100'000);
  EXPECT_LE(longest, 8'000'000);
  EXPECT_GT(longest, 7'900'000);
}

}  // namespace
}  // namespace quartet::controller
