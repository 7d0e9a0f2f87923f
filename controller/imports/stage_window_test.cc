#include "controller/imports/stage_window.h"

#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

using std::chrono::milliseconds;

void Acknowledge(StageWindow& window, int times, milliseconds after) {
  for (int i = 0; i < times; ++i) window.Acknowledged(after);
}

TEST(StageWindowTest, GrowsWhereTheWayIsLong) {
  StageWindow window({.least = 4, .most = 32});
  Acknowledge(window, 3, milliseconds(150));
  EXPECT_EQ(window.chunks(), 7u);
  Acknowledge(window, 100, milliseconds(152));
  EXPECT_EQ(window.chunks(), 32u);
}

TEST(StageWindowTest, ShrinksWhereChunksQueueUp) {
  StageWindow window({.least = 4, .most = 32});
  Acknowledge(window, 100, milliseconds(1));
  window.Acknowledged(milliseconds(6));
  EXPECT_EQ(window.chunks(), 16u);
  Acknowledge(window, 10, milliseconds(60));
  EXPECT_EQ(window.chunks(), 4u);
}

}  // namespace
}  // namespace quartet::controller
