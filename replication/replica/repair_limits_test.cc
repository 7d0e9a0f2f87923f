#include "replication/replica/repair_limits.h"

#include <gtest/gtest.h>

#include "replication/replica/layout.h"
#include "replication/store/memory_store.h"

namespace quartet::replication {
namespace {

constexpr int64_t kHour = RepairLimits::kWindowUs;
constexpr int64_t kStart = 1'700'000'000'000'000;
const std::string kZone = "Z0000000000001";

class RepairLimitsTest : public testing::Test {
 protected:
  RepairLimits Read() {
    absl::StatusOr<RepairLimits> limits = RepairLimits::Read(store_);
    EXPECT_TRUE(limits.ok()) << limits.status();
    return *std::move(limits);
  }
  void Count(RepairLimits& limits, int64_t now_us) {
    store::Batch batch;
    store::Overlay out(store_, batch);
    limits.Count(out, kZone, now_us);
    ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  }
  size_t StoredKeys() const {
    size_t keys = 0;
    for (auto it = store_.Scan("m", "n"); it->Valid(); it->Next()) ++keys;
    return keys;
  }

  store::MemoryStore store_;
};

TEST_F(RepairLimitsTest, OnePercentOfTheZonesButTenAtLeast) {
  EXPECT_EQ(RepairLimits::Allowed(0), 10u);
  EXPECT_EQ(RepairLimits::Allowed(1000), 10u);
  EXPECT_EQ(RepairLimits::Allowed(1100), 11u);
  EXPECT_EQ(RepairLimits::Allowed(10'000), 100u);
}

TEST_F(RepairLimitsTest, TheEleventhOfTenIsOneTooMany) {
  RepairLimits limits = Read();
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(limits.Exhausted(5, kStart + i)) << i;
    Count(limits, kStart + i);
  }
  EXPECT_TRUE(limits.Exhausted(5, kStart + 10));
  EXPECT_FALSE(limits.Exhausted(1100, kStart + 10));
}

TEST_F(RepairLimitsTest, TheHourSlides) {
  RepairLimits limits = Read();
  for (int i = 0; i < 10; ++i) Count(limits, kStart + i);
  EXPECT_EQ(limits.FreeAtUs(), kStart + kHour);
  EXPECT_TRUE(limits.Exhausted(5, kStart + kHour - 1));
  EXPECT_FALSE(limits.Exhausted(5, kStart + kHour));
  EXPECT_EQ(limits.Counted(kStart + kHour + 4), 5u);
}

TEST_F(RepairLimitsTest, ARestartDoesNotBeginANewHour) {
  RepairLimits before = Read();
  for (int i = 0; i < 10; ++i) Count(before, kStart + i);
  RepairLimits after = Read();
  EXPECT_TRUE(after.Exhausted(5, kStart + 100));
  EXPECT_FALSE(after.Exhausted(5, kStart + kHour));
}

TEST_F(RepairLimitsTest, WhatDoesNotCountAnyMoreIsRemovedFromTheStore) {
  RepairLimits limits = Read();
  for (int i = 0; i < 10; ++i) Count(limits, kStart + i);
  EXPECT_EQ(StoredKeys(), 10u);
  Count(limits, kStart + 2 * kHour);
  EXPECT_EQ(StoredKeys(), 1u);
}

TEST_F(RepairLimitsTest, AClockThatWasSetBackBlocksForAnHourAtMost) {
  RepairLimits limits = Read();
  for (int i = 0; i < 10; ++i) Count(limits, kStart + 1000 * kHour + i);
  EXPECT_TRUE(limits.Exhausted(5, kStart));
  EXPECT_FALSE(limits.Exhausted(5, kStart + kHour));
}

TEST_F(RepairLimitsTest, ADamagedKeyIsTold) {
  store::Batch batch;
  batch.Put(layout::Meta("node/repair/short"), "");
  ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  EXPECT_TRUE(absl::IsDataLoss(RepairLimits::Read(store_).status()));
}

}  // namespace
}  // namespace quartet::replication
