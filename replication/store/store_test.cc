#include "replication/store/store.h"

#include <gtest/gtest.h>

#include "replication/store/memory_store.h"
#include "replication/store/rocks_store.h"
#include "replication/store/store_contract.h"
#include "replication/store/test_directory.h"

namespace quartet::store {
namespace {

struct MemoryHarness {
  Store& store() { return memory; }
  MemoryStore memory;
};

struct RocksHarness {
  RocksHarness() {
    // Small, so that the contract is held over tables and compactions too.
    RocksOptions options;
    options.write_buffer_bytes = 64 << 10;
    auto opened = OpenRocksStore(directory.Sub("db"), options);
    EXPECT_TRUE(opened.ok()) << opened.status();
    rocks = *std::move(opened);
  }
  Store& store() { return *rocks; }
  TestDirectory directory;
  std::unique_ptr<Store> rocks;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreContract, MemoryHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(Rocks, StoreContract, RocksHarness);

TEST(Batch, CountsBytesOfKeysAndValues) {
  Batch batch;
  EXPECT_TRUE(batch.empty());
  batch.Put("key", "value");
  batch.Delete("key");
  batch.DeleteRange("a", "bb");
  EXPECT_EQ(batch.bytes(), 8U + 3U + 3U);
  EXPECT_FALSE(batch.empty());
  batch.Clear();
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.bytes(), 0U);
}

TEST(Batch, AppendedOperationsComeBehind) {
  Batch first = PutsOf({{"a", "1"}});
  first.Append(PutsOf({{"a", "2"}, {"b", "3"}}));
  MemoryStore store;
  ASSERT_TRUE(store.Write(first, Store::Sync::kNo).ok());
  EXPECT_EQ(ScanAll(store), (Contents{{"a", "2"}, {"b", "3"}}));
  EXPECT_EQ(first.bytes(), 6U);
}

TEST(Batch, MayBeAppendedToItself) {
  Batch batch = PutsOf({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  batch.Append(batch);
  ASSERT_EQ(batch.operations().size(), 6U);
  EXPECT_EQ(batch.operations()[5].key, "c");
  EXPECT_EQ(batch.bytes(), 12U);
}

TEST(Batch, ViewsHoldWhateverIsAddedAndWhereverItIsMoved) {
  Batch batch;
  batch.Put("first", std::string(100'000, 'x'));
  const Batch::Operation first = batch.operations()[0];
  for (int i = 0; i < 10'000; ++i) batch.Put("key", "value");
  const Batch moved = std::move(batch);
  EXPECT_EQ(first.key, "first");
  EXPECT_EQ(first.value, std::string(100'000, 'x'));
  EXPECT_EQ(moved.operations()[0].key.data(), first.key.data());
  EXPECT_EQ(moved.operations().back().value, "value");
}

TEST(Batch, ACopyStandsAlone) {
  Batch copy;
  {
    const Batch batch = PutsOf({{"a", "1"}, {"b", "2"}});
    copy = batch;
  }
  copy.Put("c", "3");
  MemoryStore store;
  ASSERT_TRUE(store.Write(copy, Store::Sync::kNo).ok());
  EXPECT_EQ(ScanAll(store), (Contents{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
}

TEST(PrefixEnd, IsAboveAllThatBeginWithThePrefix) {
  EXPECT_EQ(PrefixEnd("ab"), "ac");
  EXPECT_EQ(PrefixEnd("a\xff\xff"), "b");
  EXPECT_EQ(PrefixEnd("\x7f"), "\x80");
  EXPECT_EQ(PrefixEnd(std::string(1, '\0')), "\x01");
}

TEST(PrefixEnd, IsEmptyWhereNothingIsAbove) {
  EXPECT_EQ(PrefixEnd(""), "");
  EXPECT_EQ(PrefixEnd("\xff\xff"), "");
}

}  // namespace
}  // namespace quartet::store
