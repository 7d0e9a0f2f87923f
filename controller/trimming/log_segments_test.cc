#include "controller/trimming/log_segments.h"

#include <gtest/gtest.h>

namespace quartet::controller {
namespace {

constexpr uint64_t kOverhead = 32;

LogSegments Filled(uint64_t base, int entries) {
  LogSegments segments(base, 1000);
  for (int i = 1; i <= entries; ++i) segments.Append(base + i, 500 - kOverhead);
  return segments;
}

TEST(LogSegments, IsClosedOnceItHasItsBytes) {
  const LogSegments segments = Filled(10, 5);
  ASSERT_EQ(segments.closed().size(), 2u);
  EXPECT_EQ(segments.closed()[0].last, 12u);
  EXPECT_EQ(segments.closed()[1].last, 14u);
  EXPECT_EQ(segments.closed()[1].bytes, 1000u);
  EXPECT_EQ(segments.bytes(), 2500u);
  EXPECT_EQ(segments.head(), 15u);
}

TEST(LogSegments, TrimTakesWholeSegments) {
  LogSegments segments = Filled(10, 5);
  segments.Trim(13);
  ASSERT_EQ(segments.closed().size(), 1u);
  EXPECT_EQ(segments.bytes(), 1500u);
  segments.Trim(14);
  EXPECT_TRUE(segments.closed().empty());
  EXPECT_EQ(segments.bytes(), 500u);
}

TEST(LogSegments, ComesBackFromItsRow) {
  const std::string row = Filled(10, 5).Encode(7);
  LogSegments restored(10, 1000);
  restored.Restore(row, 7, 15);
  EXPECT_EQ(restored.closed().size(), 2u);
  EXPECT_EQ(restored.bytes(), 2000u);
  // The open one is to be measured again.
  EXPECT_EQ(restored.head(), 14u);
}

TEST(LogSegments, TakesOfARowWhatTheLogStillHas) {
  const std::string row = Filled(10, 6).Encode(7);
  LogSegments trimmed(12, 1000);
  trimmed.Restore(row, 7, 13);
  EXPECT_TRUE(trimmed.closed().empty());
  trimmed.Restore(row, 7, 15);
  ASSERT_EQ(trimmed.closed().size(), 1u);
  EXPECT_EQ(trimmed.closed()[0].last, 14u);
}

TEST(LogSegments, TakesNothingOfAnotherEpochsRowOrOfNone) {
  for (const std::string& row :
       {Filled(10, 6).Encode(6), std::string("nonsense"), std::string(), Filled(10, 6).Encode(7).substr(1)}) {
    LogSegments segments(10, 1000);
    segments.Restore(row, 7, 16);
    EXPECT_TRUE(segments.closed().empty());
    EXPECT_EQ(segments.head(), 10u);
  }
}

}  // namespace
}  // namespace quartet::controller
