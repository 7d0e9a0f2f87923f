#include "replication/store/rocks_full_disk_store.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <atomic>
#include <mutex>
#include <utility>

#include "replication/store/rocks_messages.h"
#include "replication/store/rocks_options.h"
#include "replication/store/rocks_reader.h"
#include "replication/store/rocks_status.h"
#include "replication/store/rocks_synced_files.h"

namespace quartet::store {
namespace {

class FullDiskStore : public Store {
 public:
  FullDiskStore(std::string directory, std::unique_ptr<rocksdb::DB> db, OpenForWritingFn open_for_writing)
      : directory_(std::move(directory)),
        db_(std::move(db)),
        open_for_writing_(std::move(open_for_writing)) {}

  absl::Status Write(const Batch& batch, Sync sync) override {
    if (Store* writable = writable_.load()) return writable->Write(batch, sync);
    {
      const std::lock_guard<std::mutex> lock(opening_);
      if (opened_ == nullptr) {
        absl::StatusOr<std::unique_ptr<Store>> opened = open_for_writing_();
        if (!opened.ok()) return opened.status();
        opened_ = *std::move(opened);
        writable_ = opened_.get();
      }
    }
    return opened_->Write(batch, sync);
  }

  std::unique_ptr<Reader> Snapshot() const override {
    if (const Store* writable = writable_.load()) return writable->Snapshot();
    return MakeRocksSnapshot(directory_, *db_);
  }

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    if (const Store* writable = writable_.load()) return writable->Get(key);
    return RocksGet(directory_, *db_, nullptr, key);
  }

  std::unique_ptr<Iterator> Scan(absl::string_view begin, absl::string_view end) const override {
    if (const Store* writable = writable_.load()) return writable->Scan(begin, end);
    return RocksScan(directory_, *db_, nullptr, begin, end);
  }

  absl::Status Checkpoint(const std::string& directory) const override {
    if (const Store* writable = writable_.load()) return writable->Checkpoint(directory);
    return DiskFull(directory_, "a checkpoint needs some room too");
  }

 private:
  const std::string directory_;
  // Kept open beside the writable one: readers may still be walking in it. It has all its files open, so that none of
  // them is missed when the other one removes it.
  const std::unique_ptr<rocksdb::DB> db_;
  const OpenForWritingFn open_for_writing_;
  std::mutex opening_;
  std::unique_ptr<Store> opened_;
  std::atomic<Store*> writable_ = nullptr;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenOnFullDisk(const std::string& directory, const absl::Status& why,
                                                      OpenForWritingFn open_for_writing) {
  if (absl::Status status = CheckSyncedFiles(directory); !status.ok()) return status;
  rocksdb::Options options = ToRocksDb({});
  options.create_if_missing = false;
  options.max_open_files = -1;
  // RocksDB's own messages have no room either.
  options.info_log = MakeNoMessages();
  rocksdb::DB* db = nullptr;
  if (!rocksdb::DB::OpenForReadOnly(options, directory, &db).ok()) return why;
  return std::make_unique<FullDiskStore>(directory, std::unique_ptr<rocksdb::DB>(db),
                                         std::move(open_for_writing));
}

}  // namespace quartet::store
