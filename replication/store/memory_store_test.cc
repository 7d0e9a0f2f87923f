#include "replication/store/memory_store.h"

#include <gtest/gtest.h>

#include "replication/store/test_contents.h"

namespace quartet::store {
namespace {

class MemoryStoreTest : public ::testing::Test {
 protected:
  void Put(const std::string& key, const std::string& value, Store::Sync sync = Store::Sync::kNo) {
    ASSERT_TRUE(store_.Write(PutsOf({{key, value}}), sync).ok());
  }

  MemoryStore store_;
};

TEST_F(MemoryStoreTest, CrashLosesWhatWasNotSynced) {
  Put("a", "1", Store::Sync::kYes);
  Put("a", "2");
  Put("b", "1");
  EXPECT_EQ(store_.Crash(0), 2U);
  EXPECT_EQ(ScanAll(store_), (Contents{{"a", "1"}}));
}

TEST_F(MemoryStoreTest, CrashKeepsTheFirstOfTheUnsyncedWrites) {
  Put("a", "1");
  Put("a", "2");
  Put("a", "3");
  EXPECT_EQ(store_.Crash(2), 3U);
  EXPECT_EQ(Find(store_, "a"), "2");
}

TEST_F(MemoryStoreTest, CrashKeepsAllWhenMoreSurviveThanThereAre) {
  Put("a", "1");
  EXPECT_EQ(store_.Crash(7), 1U);
  EXPECT_EQ(Find(store_, "a"), "1");
}

TEST_F(MemoryStoreTest, SyncedWriteMakesAllBeforeItSafe) {
  Put("a", "1");
  Put("b", "1", Store::Sync::kYes);
  EXPECT_EQ(store_.Crash(0), 0U);
  EXPECT_EQ(ScanAll(store_), (Contents{{"a", "1"}, {"b", "1"}}));
}

TEST_F(MemoryStoreTest, EmptySyncedWriteMakesAllBeforeItSafe) {
  Put("a", "1");
  ASSERT_TRUE(store_.Write(Batch(), Store::Sync::kYes).ok());
  EXPECT_EQ(store_.Crash(0), 0U);
  EXPECT_EQ(Find(store_, "a"), "1");
}

TEST_F(MemoryStoreTest, CrashBringsBackWhatUnsyncedWritesDeleted) {
  Put("a", "1", Store::Sync::kYes);
  Put("b", "2", Store::Sync::kYes);
  Batch batch;
  batch.Put("a", "3");
  batch.DeleteRange("a", "z");
  batch.Put("c", "4");
  ASSERT_TRUE(store_.Write(batch, Store::Sync::kNo).ok());
  Put("c", "5");
  EXPECT_EQ(store_.Crash(0), 2U);
  EXPECT_EQ(ScanAll(store_), (Contents{{"a", "1"}, {"b", "2"}}));
}

TEST_F(MemoryStoreTest, WhatSurvivedACrashSurvivesTheNext) {
  Put("a", "1");
  Put("b", "1");
  EXPECT_EQ(store_.Crash(1), 2U);
  EXPECT_EQ(store_.Crash(0), 0U);
  EXPECT_EQ(ScanAll(store_), (Contents{{"a", "1"}}));
}

TEST_F(MemoryStoreTest, CopyHoldsAllAndGoesItsOwnWay) {
  Put("a", "1");
  const std::unique_ptr<MemoryStore> copy = MemoryStore::CopyOf(store_);
  Put("a", "2");
  EXPECT_EQ(copy->Crash(0), 0U);
  EXPECT_EQ(ScanAll(*copy), (Contents{{"a", "1"}}));
}

TEST_F(MemoryStoreTest, HasNoFilesToMakeACheckpointOf) {
  EXPECT_EQ(store_.Checkpoint("anywhere").code(), absl::StatusCode::kUnimplemented);
}

TEST_F(MemoryStoreTest, FailingWritesLeaveNothingBehind) {
  Put("a", "1", Store::Sync::kYes);
  store_.FailWrites(absl::ResourceExhaustedError("full"));
  EXPECT_EQ(store_.Write(PutsOf({{"a", "2"}}), Store::Sync::kYes), absl::ResourceExhaustedError("full"));
  EXPECT_EQ(Find(store_, "a"), "1");
  store_.FailWrites(absl::OkStatus());
  Put("a", "3");
  EXPECT_EQ(Find(store_, "a"), "3");
  EXPECT_EQ(store_.Crash(0), 1U);
  EXPECT_EQ(Find(store_, "a"), "1");
}

}  // namespace
}  // namespace quartet::store
