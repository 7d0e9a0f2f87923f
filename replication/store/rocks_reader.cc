#include "replication/store/rocks_reader.h"

#include "replication/store/rocks_status.h"

namespace quartet::store {

namespace {

using rocksdb::Slice;

Slice ToSlice(absl::string_view bytes) { return {bytes.data(), bytes.size()}; }
absl::string_view ToView(const Slice& slice) { return {slice.data(), slice.size()}; }

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

class RocksSnapshot : public Reader {
 public:
  RocksSnapshot(const std::string& directory, rocksdb::DB& db)
      : directory_(directory), db_(db), snapshot_(db.GetSnapshot()) {}
  ~RocksSnapshot() override { db_.ReleaseSnapshot(snapshot_); }
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    return RocksGet(directory_, db_, snapshot_, key);
  }
  std::unique_ptr<Iterator> Scan(absl::string_view begin, absl::string_view end) const override {
    return RocksScan(directory_, db_, snapshot_, begin, end);
  }

 private:
  const std::string& directory_;
  rocksdb::DB& db_;
  const rocksdb::Snapshot* const snapshot_;
};

}  // namespace

absl::StatusOr<std::optional<std::string>> RocksGet(const std::string& directory, rocksdb::DB& db,
                                                    const rocksdb::Snapshot* snapshot,
                                                    absl::string_view key) {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  std::string value;
  const auto status = db.Get(options, ToSlice(key), &value);
  if (status.ok()) return value;
  if (status.IsNotFound()) return std::nullopt;
  return ReadError(directory, status);
}

std::unique_ptr<Iterator> RocksScan(const std::string& directory, rocksdb::DB& db,
                                    const rocksdb::Snapshot* snapshot, absl::string_view begin,
                                    absl::string_view end) {
  return std::make_unique<RocksIterator>(directory, db, snapshot, begin, end);
}

std::unique_ptr<Reader> MakeRocksSnapshot(const std::string& directory, rocksdb::DB& db) {
  return std::make_unique<RocksSnapshot>(directory, db);
}

}  // namespace quartet::store
