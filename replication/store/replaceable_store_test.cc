#include "replication/store/replaceable_store.h"

#include <gtest/gtest.h>

#include <thread>

#include "replication/store/memory_store.h"
#include "replication/store/store_contract.h"

namespace quartet::store {
namespace {

struct ReplaceableHarness {
  Store& store() { return store_; }
  ReplaceableStore store_{std::make_unique<MemoryStore>()};
};
INSTANTIATE_TYPED_TEST_SUITE_P(Replaceable, StoreContract, ReplaceableHarness);

constexpr std::chrono::milliseconds kNotAtAll{0};
constexpr std::chrono::milliseconds kLong{20'000};

absl::StatusOr<std::unique_ptr<Store>> MakeEmpty() { return std::make_unique<MemoryStore>(); }

class ReplaceableStoreTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(store_.Write(PutsOf({{"a", "old"}}), Store::Sync::kYes).ok()); }
  ReplaceableStore store_{std::make_unique<MemoryStore>()};
};

TEST_F(ReplaceableStoreTest, ReadsAndWritesGoToTheNewInside) {
  ASSERT_TRUE(store_.Replace(kNotAtAll, MakeEmpty).ok());
  EXPECT_EQ(Find(store_, "a"), std::nullopt);
  ASSERT_TRUE(store_.Write(PutsOf({{"b", "new"}}), Store::Sync::kYes).ok());
  EXPECT_EQ(ScanAll(store_), (Contents{{"b", "new"}}));
}

TEST_F(ReplaceableStoreTest, WhatIsBeingReadStaysOpen) {
  const std::unique_ptr<Reader> snapshot = store_.Snapshot();
  EXPECT_TRUE(absl::IsUnavailable(store_.Replace(kNotAtAll, MakeEmpty)));
  EXPECT_EQ(Find(*snapshot, "a"), "old");
  EXPECT_EQ(Find(store_, "a"), "old");
}

TEST_F(ReplaceableStoreTest, TheLastReaderLetsItGo) {
  std::unique_ptr<Iterator> walk = store_.Snapshot()->Scan("", "");
  std::thread reader([&] {
    EXPECT_TRUE(walk->Valid());
    walk.reset();
  });
  EXPECT_TRUE(store_.Replace(kLong, MakeEmpty).ok());
  reader.join();
  EXPECT_TRUE(ScanAll(store_).empty());
}

TEST_F(ReplaceableStoreTest, WithoutAnInsideEverythingIsUnavailableUntilTheNextTry) {
  const auto fails = []() -> absl::StatusOr<std::unique_ptr<Store>> {
    return absl::PermissionDeniedError("no");
  };
  EXPECT_TRUE(absl::IsPermissionDenied(store_.Replace(kNotAtAll, fails)));
  EXPECT_TRUE(absl::IsUnavailable(store_.Get("a").status()));
  EXPECT_TRUE(absl::IsUnavailable(store_.Scan("", "")->status()));
  EXPECT_TRUE(absl::IsUnavailable(store_.Snapshot()->Get("a").status()));
  EXPECT_TRUE(absl::IsUnavailable(store_.Write(PutsOf({{"a", "x"}}), Store::Sync::kNo)));
  EXPECT_TRUE(store_.Replace(kNotAtAll, MakeEmpty).ok());
  EXPECT_EQ(Find(store_, "a"), std::nullopt);
}

}  // namespace
}  // namespace quartet::store
