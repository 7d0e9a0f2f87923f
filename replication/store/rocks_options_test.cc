#include "replication/store/rocks_options.h"

#include <gtest/gtest.h>
#include <rocksdb/cache.h>
#include <rocksdb/table.h>

#include <memory>
#include <string>

namespace quartet::store {
namespace {

std::shared_ptr<rocksdb::Cache> CacheOf(const RocksOptions& options) {
  const rocksdb::Options translated = ToRocksDb(options);
  const auto* table = translated.table_factory->GetOptions<rocksdb::BlockBasedTableOptions>();
  return table == nullptr ? nullptr : table->block_cache;
}

void NoDeleter(const rocksdb::Slice&, void*) {}

// Whether the cache still has it once nobody holds it any more.
bool Keeps(rocksdb::Cache& cache, const std::string& key, size_t bytes) {
  if (!cache.Insert(key, nullptr, bytes, NoDeleter).ok()) return false;
  rocksdb::Cache::Handle* found = cache.Lookup(key);
  if (found != nullptr) cache.Release(found);
  return found != nullptr;
}

TEST(RocksOptions, TheCacheKeepsTheFilterOfALargeTable) {
  // A table of 64 MiB has a million keys of 64 bytes, and 10 bits for each in its filter.
  constexpr size_t kFilter = 1'000'000 * 10 / 8;
  for (const size_t bytes : {RocksOptions().block_cache_bytes, size_t{256} << 20}) {
    RocksOptions options;
    options.block_cache_bytes = bytes;
    const std::shared_ptr<rocksdb::Cache> cache = CacheOf(options);
    ASSERT_NE(cache, nullptr);
    EXPECT_EQ(cache->GetCapacity(), bytes);
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(Keeps(*cache, "filter " + std::to_string(i), kFilter));
  }
}

}  // namespace
}  // namespace quartet::store
