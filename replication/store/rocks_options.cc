#include "replication/store/rocks_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/table_properties.h>

#include <algorithm>
#include <memory>

namespace quartet::store {

namespace {

rocksdb::CompressionType Compression() {
  const auto supported = rocksdb::GetSupportedCompressions();
  const bool lz4 = std::find(supported.begin(), supported.end(), rocksdb::kLZ4Compression) != supported.end();
  return lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

// The cache is cut into 2^n parts, and what is larger than a part is never kept. A table's filter is up to a megabyte and a
// half (10 bits for each of a million keys): in RocksDB's own cut of 32 MiB, parts of 512 KiB, every point read would read
// and check the whole filter anew.
int PartBits(size_t bytes) {
  constexpr size_t kLeastPart = 8 << 20;
  constexpr int kMostBits = 6;
  int bits = 0;
  while (bits < kMostBits && bytes >> (bits + 1) >= kLeastPart) ++bits;
  return bits;
}

std::shared_ptr<rocksdb::TableFactory> Tables(const RocksOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes, PartBits(options.block_cache_bytes));
  // Ten bits a key: one in a hundred lookups of absent keys reads a block in vain.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  // A point read finds its place in a block by hash, not by halving.
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

// A table that removes ranges (a trimmed log, a generation that was replaced) is to be merged soon with the tables below
// it, until nothing is left of either. RocksDB does not count what such a range covers, and would leave it where it is
// until something else moves it: the disk would not shrink.
class RangesAreMerged : public rocksdb::TablePropertiesCollector {
 public:
  rocksdb::Status AddUserKey(const rocksdb::Slice&, const rocksdb::Slice&, rocksdb::EntryType type,
                             rocksdb::SequenceNumber, uint64_t) override {
    has_range_ = has_range_ || type == rocksdb::kEntryRangeDeletion;
    return rocksdb::Status::OK();
  }
  rocksdb::Status Finish(rocksdb::UserCollectedProperties*) override { return rocksdb::Status::OK(); }
  rocksdb::UserCollectedProperties GetReadableProperties() const override { return {}; }
  const char* Name() const override { return "quartet.RangesAreMerged"; }
  bool NeedCompact() const override { return has_range_; }

 private:
  bool has_range_ = false;
};

class RangesAreMergedFactory : public rocksdb::TablePropertiesCollectorFactory {
 public:
  rocksdb::TablePropertiesCollector* CreateTablePropertiesCollector(Context) override {
    return new RangesAreMerged;
  }
  const char* Name() const override { return "quartet.RangesAreMerged"; }
};

// Of RocksDB's own messages only what is wrong.
void LimitMessages(rocksdb::Options& out) {
  out.stats_dump_period_sec = 0;
  out.stats_persist_period_sec = 0;
}

void UseBackgroundThreads(int threads, rocksdb::Options& out) {
  // One more for flushes, so that a compaction does not hold up writes.
  out.max_background_jobs = threads + 1;
  out.env->IncBackgroundThreadsIfNeeded(threads, rocksdb::Env::LOW);
  out.env->IncBackgroundThreadsIfNeeded(1, rocksdb::Env::HIGH);
  out.env->LowerThreadPoolCPUPriority(rocksdb::Env::LOW);
}

}  // namespace

rocksdb::Options ToRocksDb(const RocksOptions& options) {
  rocksdb::Options out;
  out.create_if_missing = true;
  out.paranoid_checks = true;
  // On opening, a record that the end of a write-ahead log cuts short was never synced and is dropped. Any
  // other damage to that log is an error. (kPointInTimeRecovery would drop it and all that came after it,
  // silently.)
  out.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // A write-ahead log that was synced and is not there any more, or is shorter, is an error on opening.
  out.track_and_verify_wals_in_manifest = true;
  out.write_buffer_size = options.write_buffer_bytes;
  out.max_write_buffer_number = 3;
  out.max_total_wal_size = 3 * options.write_buffer_bytes;
  // A point read of what is not in memory knows so without looking.
  out.memtable_whole_key_filtering = true;
  out.memtable_prefix_bloom_size_ratio = 0.02;
  // No memtable_insert_with_hint_prefix_extractor: RocksDB keeps one hint for keys and for deleted ranges of a prefix, though
  // these lie in two lists, and breaks both.
  out.max_open_files = 512;
  // Written tables reach the disk bit by bit, so that no sync of the log waits behind a whole one.
  out.bytes_per_sync = 1 << 20;
  out.avoid_unnecessary_blocking_io = true;
  out.level_compaction_dynamic_level_bytes = true;
  out.compression = Compression();
  out.table_factory = Tables(options);
  out.table_properties_collector_factories.push_back(std::make_shared<RangesAreMergedFactory>());
  LimitMessages(out);
  UseBackgroundThreads(std::max(1, options.background_threads), out);
  return out;
}

}  // namespace quartet::store
