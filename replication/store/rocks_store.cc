// The Store in RocksDB.
//
// Every write goes to the write-ahead log first; a synced one returns after fdatasync, and RocksDB lets
// writes that wait for the same sync share it.
//
// A full disk. Writes stop while there is still room (RocksOptions::reserve_bytes), so that what is in memory
// can always be moved to the disk. If the disk fills up faster than that, RocksDB refuses writes until it is
// told to go on (Resume), which moves what is in memory to a table and begins a new write-ahead log. A write
// that finds room for that does so; without room Resume may wait for ever. Where nothing is in memory, there
// is nothing to move, and Resume keeps the log that the failed write left half a record in: RocksDB takes a
// further write to it for a broken invariant, and ends the process. That case is found out, and needs a
// restart.
#include "replication/store/rocks_store.h"

#include <rocksdb/db.h>
#include <rocksdb/listener.h>
#include <rocksdb/transaction_log.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <shared_mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "replication/store/rocks_directory.h"
#include "replication/store/rocks_full_disk_store.h"
#include "replication/store/rocks_messages.h"
#include "replication/store/rocks_options.h"
#include "replication/store/rocks_reader.h"
#include "replication/store/rocks_status.h"
#include "replication/store/rocks_synced_files.h"

namespace quartet::store {

namespace {

// Told of RocksDB's errors.
class ErrorWatch : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status*) override {
    if (reason == rocksdb::BackgroundErrorReason::kWriteCallback) log_failed_ = true;
  }

  // After a full disk RocksDB would look for room every five seconds, and not be told to go on in between.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* auto_recovery) override {
    *auto_recovery = false;
  }

  // A write to the write-ahead log failed since ForgetLogFailure.
  bool log_failed() const { return log_failed_; }
  void ForgetLogFailure() { log_failed_ = false; }

 private:
  std::atomic<bool> log_failed_ = false;
};

rocksdb::Slice ToSlice(absl::string_view bytes) { return {bytes.data(), bytes.size()}; }

void Add(const Batch::Operation& operation, rocksdb::WriteBatch& out) {
  switch (operation.kind) {
    case Batch::Operation::Kind::kPut:
      out.Put(ToSlice(operation.key), ToSlice(operation.value));
      break;
    case Batch::Operation::Kind::kDelete:
      out.Delete(ToSlice(operation.key));
      break;
    case Batch::Operation::Kind::kDeleteRange:
      // RocksDB refuses a batch with a range that ends before it begins.
      if (operation.key < operation.value) out.DeleteRange(ToSlice(operation.key), ToSlice(operation.value));
      break;
  }
}

// Puts and deletes of [begin, end), in order of keys and only the last of each: it comes to the same. RocksDB finds the place
// of a key that comes behind the one before without a search, and a node that catches up writes the rows of a zone that
// changed often once.
void AddInOrder(const std::vector<Batch::Operation>& operations, size_t begin, size_t end,
                rocksdb::WriteBatch& out) {
  const auto first_byte = [&](size_t i) {
    return operations[i].key.empty() ? 0 : static_cast<uint8_t>(operations[i].key[0]);
  };
  // First by the first byte. A node that is filled writes rows of several kinds for each zone, and each kind in order: then
  // there is nothing left to sort.
  std::array<size_t, 257> place{};
  for (size_t i = begin; i < end; ++i) ++place[first_byte(i) + 1];
  for (size_t byte = 1; byte < place.size(); ++byte) place[byte] += place[byte - 1];
  std::vector<size_t> order(end - begin);
  for (size_t i = begin; i < end; ++i) order[place[first_byte(i)]++] = i;
  const auto before = [&](size_t a, size_t b) { return operations[a].key < operations[b].key; };
  if (!std::is_sorted(order.begin(), order.end(), before))
    std::stable_sort(order.begin(), order.end(), before);
  for (size_t i = 0; i < order.size(); ++i) {
    const Batch::Operation& operation = operations[order[i]];
    if (i + 1 == order.size() || operations[order[i + 1]].key != operation.key) Add(operation, out);
  }
}

rocksdb::WriteBatch ToRocksDb(const Batch& batch) {
  rocksdb::WriteBatch out(batch.bytes() + 16 * batch.operations().size());
  const std::vector<Batch::Operation>& operations = batch.operations();
  // What a deleted range covers was put before it or comes behind it.
  size_t begin = 0;
  for (size_t i = 0; i < operations.size(); ++i) {
    if (operations[i].kind != Batch::Operation::Kind::kDeleteRange) continue;
    AddInOrder(operations, begin, i, out);
    Add(operations[i], out);
    begin = i + 1;
  }
  AddInOrder(operations, begin, operations.size(), out);
  // With nothing to write there may still be something to sync: an empty note takes part in that as a write
  // does.
  if (out.Count() == 0) out.PutLogData(rocksdb::Slice());
  return out;
}

// Room for what RocksDB writes beside tables when it goes on.
constexpr uint64_t kSmallFiles = 1 << 20;

class RocksStore : public Store {
 public:
  RocksStore(std::string directory, std::unique_ptr<rocksdb::Env> env, std::unique_ptr<rocksdb::DB> db,
             std::shared_ptr<ErrorWatch> watch, size_t reserve_bytes)
      : directory_(std::move(directory)),
        env_(std::move(env)),
        db_(std::move(db)),
        watch_(std::move(watch)),
        reserve_bytes_(reserve_bytes) {}

  absl::Status Write(const Batch& batch, Sync sync) override {
    if (absl::Status place = CheckPlace(batch.bytes()); !place.ok()) return place;
    rocksdb::WriteBatch translated = ToRocksDb(batch);
    rocksdb::Status status = TryWrite(translated, sync);
    if (IsNoSpace(status) && Resume()) status = TryWrite(translated, sync);
    return status.ok() ? absl::OkStatus() : WriteError(directory_, status);
  }

  std::unique_ptr<Reader> Snapshot() const override { return MakeRocksSnapshot(directory_, *db_); }

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    return RocksGet(directory_, *db_, nullptr, key);
  }

  std::unique_ptr<Iterator> Scan(absl::string_view begin, absl::string_view end) const override {
    return RocksScan(directory_, *db_, nullptr, begin, end);
  }

  // What is in memory goes to a table first, so that next to nothing has to be copied.
  absl::Status Checkpoint(const std::string& directory) const override {
    if (reserve_bytes_ > 0 && FreeBytes(directory_) < reserve_bytes_ + BytesInMemory()) {
      return DiskFull(directory_, "a checkpoint needs some room too");
    }
    rocksdb::Checkpoint* made = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &made);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
    if (status.ok()) status = checkpoint->CreateCheckpoint(directory);
    return status.ok() ? absl::OkStatus() : CheckpointError(directory, status);
  }

 private:
  // The database is still where it was, and its disk has room. What is written to a file that was removed is written to
  // nowhere, and RocksDB would not see it before it needs another file.
  absl::Status CheckPlace(size_t bytes) const {
    const absl::StatusOr<uint64_t> free = FreeBytesOfDatabase(directory_);
    if (!free.ok()) return free.status();
    const uint64_t needed = reserve_bytes_ + bytes;
    if (reserve_bytes_ == 0 || *free >= needed) return absl::OkStatus();
    return DiskFull(directory_, absl::StrCat("this write needs ", needed >> 20, " MiB free"));
  }

  rocksdb::Status TryWrite(rocksdb::WriteBatch& batch, Sync sync) {
    // Many at once, but none while it is unclear whether the write-ahead log may be written to.
    std::shared_lock lock(resuming_);
    if (log_unusable_)
      return rocksdb::Status::IOError("the disk was full, and the write-ahead log ends in half a record");
    rocksdb::WriteOptions options;
    options.sync = sync == Sync::kYes;
    return db_->Write(options, &batch);
  }

  // Whether writes may be tried again.
  bool Resume() {
    std::unique_lock lock(resuming_);
    if (FreeBytes(directory_) < BytesInMemory() + kSmallFiles) return false;
    const uint64_t log_before = CurrentLog();
    if (!db_->Resume().ok()) return false;
    log_unusable_ = watch_->log_failed() && CurrentLog() == log_before;
    watch_->ForgetLogFailure();
    return true;
  }

  // What Resume would move to the disk, at most.
  uint64_t BytesInMemory() const {
    uint64_t bytes = 0;
    db_->GetIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &bytes);
    return bytes;
  }

  // Number of the write-ahead log that writes go to.
  uint64_t CurrentLog() {
    std::unique_ptr<rocksdb::LogFile> log;
    return db_->GetCurrentWalFile(&log).ok() ? log->LogNumber() : 0;
  }

  const std::string directory_;
  const std::unique_ptr<rocksdb::Env> env_;
  const std::unique_ptr<rocksdb::DB> db_;
  const std::shared_ptr<ErrorWatch> watch_;
  const size_t reserve_bytes_;
  std::shared_mutex resuming_;
  bool log_unusable_ = false;
};

absl::StatusOr<std::unique_ptr<Store>> OpenForWriting(const std::string& directory,
                                                      const RocksOptions& options) {
  if (!options.create && HoldsNoDatabase(directory)) {
    return absl::NotFoundError(absl::StrCat("there is no database in ", directory));
  }
  if (auto status = PrepareDirectory(directory); !status.ok()) return status;
  if (auto status = CheckSyncedFiles(directory); !status.ok()) return status;
  rocksdb::Options translated = ToRocksDb(options);
  std::unique_ptr<rocksdb::Env> env = MakeNotingEnv(directory);
  translated.env = env.get();
  translated.info_log = MakeMessageFile(directory);
  const auto watch = std::make_shared<ErrorWatch>();
  translated.listeners.push_back(watch);
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(translated, directory, &db);
  if (!status.ok()) return OpenError(directory, status);
  return std::make_unique<RocksStore>(directory, std::move(env), std::unique_ptr<rocksdb::DB>(db), watch,
                                      options.reserve_bytes);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenRocksStore(const std::string& directory,
                                                      const RocksOptions& options) {
  absl::StatusOr<std::unique_ptr<Store>> store = OpenForWriting(directory, options);
  const bool takes_nothing = absl::IsResourceExhausted(store.status()) || IsReadOnlyDisk(directory);
  if (store.ok() || !takes_nothing || !LockHolder(directory).empty()) return store;
  RocksOptions existing = options;
  existing.create = false;
  return OpenOnFullDisk(directory, store.status(), [=] { return OpenForWriting(directory, existing); });
}

}  // namespace quartet::store
