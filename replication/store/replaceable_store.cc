#include "replication/store/replaceable_store.h"

#include <utility>

namespace quartet::store {
namespace {

absl::Status NoInside() {
  return absl::UnavailableError("the database was damaged and is being made anew; try again");
}

class NoIterator : public Iterator {
 public:
  bool Valid() const override { return false; }
  void Next() override {}
  absl::string_view key() const override { return ""; }
  absl::string_view value() const override { return ""; }
  absl::Status status() const override { return NoInside(); }
};

class NoReader : public Reader {
 public:
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view) const override { return NoInside(); }
  std::unique_ptr<Iterator> Scan(absl::string_view, absl::string_view) const override {
    return std::make_unique<NoIterator>();
  }
};

}  // namespace

class ReplaceableStore::UsedIterator : public Iterator {
 public:
  UsedIterator(std::shared_ptr<Store> held, std::unique_ptr<Iterator> inside)
      : held_(std::move(held)), inside_(std::move(inside)) {}
  bool Valid() const override { return inside_->Valid(); }
  void Next() override { inside_->Next(); }
  absl::string_view key() const override { return inside_->key(); }
  absl::string_view value() const override { return inside_->value(); }
  absl::Status status() const override { return inside_->status(); }

 private:
  // Goes last.
  const std::shared_ptr<Store> held_;
  const std::unique_ptr<Iterator> inside_;
};

class ReplaceableStore::UsedReader : public Reader {
 public:
  explicit UsedReader(std::shared_ptr<Store> held) : held_(std::move(held)), inside_(held_->Snapshot()) {}
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    return inside_->Get(key);
  }
  std::unique_ptr<Iterator> Scan(absl::string_view begin, absl::string_view end) const override {
    return std::make_unique<UsedIterator>(held_, inside_->Scan(begin, end));
  }

 private:
  const std::shared_ptr<Store> held_;
  const std::unique_ptr<Reader> inside_;
};

ReplaceableStore::ReplaceableStore(std::unique_ptr<Store> inside) : inside_(std::move(inside)) {}

ReplaceableStore::~ReplaceableStore() = default;

std::shared_ptr<Store> ReplaceableStore::Hold() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (replacing_ || inside_ == nullptr) return nullptr;
  ++held_;
  // Its end is told, and the store itself stays with us: it is closed by Replace and by nobody else.
  return {inside_.get(), [this](Store*) {
            const std::lock_guard<std::mutex> returned(mutex_);
            --held_;
            released_.notify_all();
          }};
}

absl::Status ReplaceableStore::Replace(std::chrono::milliseconds patience, const MakeFn& make) {
  std::unique_lock<std::mutex> lock(mutex_);
  replacing_ = true;
  const bool free = released_.wait_for(lock, patience, [this] { return held_ == 0; });
  if (!free) {
    replacing_ = false;
    return absl::UnavailableError("the database is still being read");
  }
  inside_.reset();
  absl::StatusOr<std::unique_ptr<Store>> made = make();
  if (made.ok()) inside_ = *std::move(made);
  replacing_ = false;
  return made.status();
}

absl::Status ReplaceableStore::Write(const Batch& batch, Sync sync) {
  const std::shared_ptr<Store> held = Hold();
  return held == nullptr ? NoInside() : held->Write(batch, sync);
}

std::unique_ptr<Reader> ReplaceableStore::Snapshot() const {
  std::shared_ptr<Store> held = Hold();
  if (held == nullptr) return std::make_unique<NoReader>();
  return std::make_unique<UsedReader>(std::move(held));
}

absl::Status ReplaceableStore::Checkpoint(const std::string& directory) const {
  const std::shared_ptr<Store> held = Hold();
  return held == nullptr ? NoInside() : held->Checkpoint(directory);
}

absl::StatusOr<std::optional<std::string>> ReplaceableStore::Get(absl::string_view key) const {
  const std::shared_ptr<Store> held = Hold();
  if (held == nullptr) return NoInside();
  return held->Get(key);
}

std::unique_ptr<Iterator> ReplaceableStore::Scan(absl::string_view begin, absl::string_view end) const {
  std::shared_ptr<Store> held = Hold();
  if (held == nullptr) return std::make_unique<NoIterator>();
  std::unique_ptr<Iterator> inside = held->Scan(begin, end);
  return std::make_unique<UsedIterator>(std::move(held), std::move(inside));
}

}  // namespace quartet::store
