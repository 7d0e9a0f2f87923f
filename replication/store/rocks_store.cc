// The Store in RocksDB.
//
// Every write goes to the write-ahead log first; a synced one returns after fdatasync, and RocksDB lets
// writes that wait for the same sync share it. On opening, a record that the end of a write-ahead log cuts
// short was never synced and is dropped (kTolerateCorruptedTailRecords); any other damage to that log is an
// error. kPointInTimeRecovery would drop it and all that came after it, silently.
#include "replication/store/rocks_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "replication/store/rocks_directory.h"

namespace quartet::store {

namespace {

using rocksdb::Slice;

Slice ToSlice(absl::string_view bytes) { return {bytes.data(), bytes.size()}; }
absl::string_view ToView(const Slice& slice) { return {slice.data(), slice.size()}; }

bool IsNoSpace(const rocksdb::Status& status) {
  return status.IsNoSpace() || absl::StrContains(status.ToString(), "Disk quota exceeded");
}

absl::Status DiskFull(const std::string& directory, const rocksdb::Status& status) {
  return absl::ResourceExhaustedError(
      absl::StrCat("the disk of ", directory, " is full", FreeSpace(directory),
                   ": make room there, writing then goes on by itself; ", status.ToString()));
}

absl::Status ReadError(const std::string& directory, const rocksdb::Status& status) {
  if (status.IsCorruption()) {
    return absl::DataLossError(
        absl::StrCat("damaged bytes in the database in ", directory, ": ", status.ToString()));
  }
  return absl::UnavailableError(
      absl::StrCat("can't read the database in ", directory, ": ", status.ToString()));
}

absl::Status WriteError(const std::string& directory, const rocksdb::Status& status) {
  if (IsNoSpace(status)) return DiskFull(directory, status);
  return absl::UnavailableError(absl::StrCat("can't write the database in ", directory, ": ",
                                             status.ToString(),
                                             "; see to the cause, then restart this process"));
}

absl::Status HeldError(const std::string& directory, absl::string_view message) {
  // RocksDB says so where the lock is this process' own. Only then looking who holds it must not be tried.
  const bool own =
      absl::StrContains(message, "current process") || absl::StrContains(message, "already held");
  const std::string who = own ? " (this process itself)" : LockHolder(directory);
  return absl::FailedPreconditionError(absl::StrCat("the database in ", directory,
                                                    " is in use by another one", who,
                                                    ": stop that one, or name another directory"));
}

absl::Status OpenError(const std::string& directory, const rocksdb::Status& status) {
  const std::string message = status.ToString();
  if (IsNoSpace(status)) return DiskFull(directory, status);
  if (absl::StrContains(message, "lock") && absl::StrContains(message, "/LOCK"))
    return HeldError(directory, message);
  if (absl::StrContains(message, "Permission denied"))
    return FileError(directory, EACCES, "open the database in");
  // A file that is named in the manifest and is not there is lost data too.
  if (status.IsCorruption() || status.IsPathNotFound() || absl::StrContains(message, "No such file")) {
    return absl::DataLossError(
        absl::StrCat("the database in ", directory, " is damaged; nothing was changed there: ", message));
  }
  if (status.IsInvalidArgument() || status.IsNotSupported()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the database in ", directory, " was made by another version: ", message));
  }
  return absl::UnavailableError(absl::StrCat("can't open the database in ", directory, ": ", message));
}

class RocksIterator : public Iterator {
 public:
  RocksIterator(const std::string& directory, rocksdb::DB& db, const rocksdb::Snapshot* snapshot,
                absl::string_view begin, absl::string_view end)
      : directory_(directory), end_(end), end_slice_(end_) {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    if (!end_.empty()) options.iterate_upper_bound = &end_slice_;
    iterator_.reset(db.NewIterator(options));
    iterator_->Seek(ToSlice(begin));
  }

  bool Valid() const override { return iterator_->Valid(); }
  void Next() override { iterator_->Next(); }
  absl::string_view key() const override { return ToView(iterator_->key()); }
  absl::string_view value() const override { return ToView(iterator_->value()); }
  absl::Status status() const override {
    const auto status = iterator_->status();
    return status.ok() ? absl::OkStatus() : ReadError(directory_, status);
  }

 private:
  const std::string& directory_;
  // RocksDB keeps a pointer to the bound, so both stay where they are.
  const std::string end_;
  const Slice end_slice_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

absl::StatusOr<std::optional<std::string>> GetFrom(const std::string& directory, rocksdb::DB& db,
                                                   const rocksdb::Snapshot* snapshot, absl::string_view key) {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  std::string value;
  const auto status = db.Get(options, ToSlice(key), &value);
  if (status.ok()) return value;
  if (status.IsNotFound()) return std::nullopt;
  return ReadError(directory, status);
}

class RocksSnapshot : public Reader {
 public:
  RocksSnapshot(const std::string& directory, rocksdb::DB& db)
      : directory_(directory), db_(db), snapshot_(db.GetSnapshot()) {}
  ~RocksSnapshot() override { db_.ReleaseSnapshot(snapshot_); }
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    return GetFrom(directory_, db_, snapshot_, key);
  }
  std::unique_ptr<Iterator> Scan(absl::string_view begin, absl::string_view end) const override {
    return std::make_unique<RocksIterator>(directory_, db_, snapshot_, begin, end);
  }

 private:
  const std::string& directory_;
  rocksdb::DB& db_;
  const rocksdb::Snapshot* const snapshot_;
};

rocksdb::WriteBatch Translate(const Batch& batch) {
  rocksdb::WriteBatch out(batch.bytes() + 16 * batch.operations().size());
  for (const auto& operation : batch.operations()) {
    switch (operation.kind) {
      case Batch::Operation::Kind::kPut:
        out.Put(operation.key, operation.value);
        break;
      case Batch::Operation::Kind::kDelete:
        out.Delete(operation.key);
        break;
      case Batch::Operation::Kind::kDeleteRange:
        // RocksDB refuses a batch with a range that ends before it begins.
        if (operation.key < operation.value) out.DeleteRange(operation.key, operation.value);
        break;
    }
  }
  return out;
}

class RocksStore : public Store {
 public:
  RocksStore(std::string directory, std::unique_ptr<rocksdb::DB> db)
      : directory_(std::move(directory)), db_(std::move(db)) {}

  absl::Status Write(const Batch& batch, Sync sync) override {
    rocksdb::WriteBatch translated = Translate(batch);
    rocksdb::Status status = TryWrite(translated, sync);
    // After an error RocksDB takes no writes until it is told to go on. If the disk was full, there may be
    // room now.
    if (IsNoSpace(status) && Resume()) status = TryWrite(translated, sync);
    return status.ok() ? absl::OkStatus() : WriteError(directory_, status);
  }

  std::unique_ptr<Reader> Snapshot() const override {
    return std::make_unique<RocksSnapshot>(directory_, *db_);
  }

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    return GetFrom(directory_, *db_, nullptr, key);
  }

  std::unique_ptr<Iterator> Scan(absl::string_view begin, absl::string_view end) const override {
    return std::make_unique<RocksIterator>(directory_, *db_, nullptr, begin, end);
  }

 private:
  rocksdb::Status TryWrite(rocksdb::WriteBatch& batch, Sync sync) {
    // With nothing to write there may still be something to sync.
    if (batch.Count() == 0) return sync == Sync::kYes ? db_->FlushWAL(true) : rocksdb::Status::OK();
    rocksdb::WriteOptions options;
    options.sync = sync == Sync::kYes;
    return db_->Write(options, &batch);
  }

  bool Resume() {
    std::lock_guard lock(resuming_);
    return db_->Resume().ok();
  }

  const std::string directory_;
  const std::unique_ptr<rocksdb::DB> db_;
  std::mutex resuming_;
};

rocksdb::CompressionType Compression() {
  const auto supported = rocksdb::GetSupportedCompressions();
  const bool lz4 = std::find(supported.begin(), supported.end(), rocksdb::kLZ4Compression) != supported.end();
  return lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

std::shared_ptr<rocksdb::TableFactory> Tables(const RocksOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  // Ten bits a key: one in a hundred lookups of absent keys reads a block in vain.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

// RocksDB's own messages go to a file in its directory, which must not grow.
void LimitInfoLog(rocksdb::Options& out) {
  out.info_log_level = rocksdb::WARN_LEVEL;
  out.max_log_file_size = 1 << 20;
  out.keep_log_file_num = 2;
  out.stats_dump_period_sec = 0;
  out.stats_persist_period_sec = 0;
}

void UseBackgroundThreads(int threads, rocksdb::Options& out) {
  // One more for flushes, so that a compaction does not hold up writes.
  out.max_background_jobs = threads + 1;
  out.env->IncBackgroundThreadsIfNeeded(threads, rocksdb::Env::LOW);
  out.env->IncBackgroundThreadsIfNeeded(1, rocksdb::Env::HIGH);
  out.env->LowerThreadPoolCPUPriority(rocksdb::Env::LOW);
  out.env->LowerThreadPoolCPUPriority(rocksdb::Env::HIGH);
}

rocksdb::Options Translate(const RocksOptions& options) {
  rocksdb::Options out;
  out.create_if_missing = true;
  out.paranoid_checks = true;
  out.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // A write-ahead log that was synced and is not there any more, or is shorter, is an error on opening.
  out.track_and_verify_wals_in_manifest = true;
  out.write_buffer_size = options.write_buffer_bytes;
  out.max_write_buffer_number = 4;
  out.max_total_wal_size = 4 * options.write_buffer_bytes;
  out.max_open_files = 512;
  // Written tables reach the disk bit by bit, so that no sync of the log waits behind a whole one.
  out.bytes_per_sync = 1 << 20;
  out.avoid_unnecessary_blocking_io = true;
  out.level_compaction_dynamic_level_bytes = true;
  out.compression = Compression();
  out.table_factory = Tables(options);
  LimitInfoLog(out);
  UseBackgroundThreads(std::max(1, options.background_threads), out);
  return out;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenRocksStore(const std::string& directory,
                                                      const RocksOptions& options) {
  if (auto status = PrepareDirectory(directory); !status.ok()) return status;
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(Translate(options), directory, &db);
  if (!status.ok()) return OpenError(directory, status);
  return std::make_unique<RocksStore>(directory, std::unique_ptr<rocksdb::DB>(db));
}

}  // namespace quartet::store
