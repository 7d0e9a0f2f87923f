#include "nameserver/standalone/data_directory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "replication/store/test_directory.h"

namespace quartet::nameserver {
namespace {

class DataDirectoryTest : public testing::Test {
 protected:
  DataDirectory Open() {
    absl::StatusOr<DataDirectory> data = DataDirectory::Open(path_);
    EXPECT_TRUE(data.ok()) << data.status();
    return *std::move(data);
  }
  static void Begin(const DataDirectory& data, const std::string& value) {
    const auto store = data.BeginReplica();
    ASSERT_TRUE(store.ok()) << store.status();
    store::Batch batch;
    batch.Put("key", value);
    ASSERT_TRUE((*store)->Write(batch, store::Store::Sync::kYes).ok());
  }
  static std::string Value(const DataDirectory& data) {
    const auto store = data.OpenReplica();
    if (!store.ok()) return std::string(absl::StatusCodeToString(store.status().code()));
    return (*store)->Get("key").value().value_or("none");
  }

  store::TestDirectory folder_;
  const std::string path_ = folder_.Sub("a/b");
};

TEST_F(DataDirectoryTest, AReplicaIsThereOnceItIsTaken) {
  const DataDirectory data = Open();
  EXPECT_EQ(Value(data), "NOT_FOUND");
  Begin(data, "one");
  EXPECT_EQ(Value(data), "NOT_FOUND");
  ASSERT_TRUE(data.TakeReplica().ok());
  EXPECT_EQ(Value(data), "one");
}

TEST_F(DataDirectoryTest, AnotherOneTakesItsPlace) {
  const DataDirectory data = Open();
  Begin(data, "one");
  ASSERT_TRUE(data.TakeReplica().ok());
  Begin(data, "two");
  EXPECT_EQ(Value(data), "one");
  ASSERT_TRUE(data.TakeReplica().ok());
  EXPECT_EQ(Value(data), "two");
}

TEST_F(DataDirectoryTest, WhatWasCutShortGoes) {
  Begin(Open(), "half");
  EXPECT_TRUE(std::filesystem::exists(path_ + "/zones.new"));
  const DataDirectory data = Open();
  EXPECT_FALSE(std::filesystem::exists(path_ + "/zones.new"));
  EXPECT_EQ(Value(data), "NOT_FOUND");
}

TEST_F(DataDirectoryTest, OneProcessUsesIt) {
  {
    const DataDirectory data = Open();
    EXPECT_TRUE(absl::IsFailedPrecondition(DataDirectory::Open(path_).status()));
  }
  Open();
}

TEST_F(DataDirectoryTest, AnotherDatabaseIsLeftAlone) {
  std::ofstream(folder_.Sub("CURRENT")) << "MANIFEST-000001\n";
  EXPECT_TRUE(absl::IsFailedPrecondition(DataDirectory::Open(folder_.path()).status()));
  EXPECT_FALSE(std::filesystem::exists(folder_.Sub("lock")));
}

}  // namespace
}  // namespace quartet::nameserver
