#include "replication/feed/loading_zones.h"

#include <gtest/gtest.h>

namespace quartet::replication {
namespace {

using Zones = std::map<std::string, uint64_t>;

TEST(LoadingZonesTest, TheVersionBeforeALoggedFlipIsVouchedFor) {
  LoadingZones loading;
  loading.Flipped("Za");
  loading.Replaced("Za");
  loading.Begin("Za", 4);
  const uint64_t version = loading.version();
  loading.Done();
  EXPECT_EQ(loading.zones(), (Zones{{"Za", 4}}));
  loading.End("Za");
  EXPECT_TRUE(loading.zones().empty());
  EXPECT_GT(loading.version(), version);
}

TEST(LoadingZonesTest, WhatAFetchedSnapshotReplacesIsNot) {
  LoadingZones loading;
  loading.Begin("Za", 4);
  EXPECT_EQ(loading.zones(), (Zones{{"Za", 0}}));
  loading.Done();
  // Nor is it by the flip after it, while it is still what answers.
  loading.Flipped("Za");
  loading.Begin("Za", 4);
  EXPECT_EQ(loading.zones(), (Zones{{"Za", 0}}));
}

TEST(LoadingZonesTest, AZoneThatIsServedAtOnceLoadsNoMore) {
  LoadingZones loading;
  loading.Begin("Za", 0);
  loading.Begin("Zb", 0);
  loading.Done();
  loading.Replaced("Za");
  loading.Replaced("Zb");
  loading.Begin("Zb", 0);
  loading.Done();
  EXPECT_EQ(loading.zones(), (Zones{{"Zb", 0}}));
}

TEST(LoadingZonesTest, InAnotherEpochNothingIsVouchedFor) {
  LoadingZones loading;
  loading.Flipped("Za");
  loading.Begin("Za", 4);
  loading.Distrust();
  EXPECT_EQ(loading.zones(), (Zones{{"Za", 0}}));
}

}  // namespace
}  // namespace quartet::replication
