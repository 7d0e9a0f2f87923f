#include "replication/base/position.h"

#include <gtest/gtest.h>

namespace quartet::replication {
namespace {

TEST(Position, EpochIsRestoreTimeAndRandomBits) {
  EXPECT_EQ(MakeEpoch(1731000000, 0xa1b2c3), uint64_t{1731000000} << 24 | 0xa1b2c3);
}

TEST(Position, EpochTakesTwentyFourRandomBitsOnly) {
  EXPECT_EQ(MakeEpoch(1, 0xffa1b2c3), MakeEpoch(1, 0xa1b2c3));
}

TEST(Position, LaterRestoreHasHigherEpochWhateverTheRandomBits) {
  EXPECT_LT(MakeEpoch(1731000000, 0xffffff), MakeEpoch(1731000001, 0));
}

TEST(Position, IsShownAsEpochAndIndex) {
  EXPECT_EQ(ToString({MakeEpoch(1731000000, 0xa1b2c3), 42, {}}), "1731000000-a1b2c3/42");
  EXPECT_EQ(ToString({MakeEpoch(1731000000, 0x1), 18446744073709551615U, {}}),
            "1731000000-000001/18446744073709551615");
}

TEST(Position, AnotherChainIsAnotherPosition) {
  const Position position = {7, 3, {1}};
  Position fork = position;
  fork.chain[15] = 1;
  EXPECT_NE(position, fork);
}

}  // namespace
}  // namespace quartet::replication
