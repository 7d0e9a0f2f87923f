// Keys with all versions that somebody may still read.
//
// Each write makes a new version of the store; a key holds (version, value) pairs, oldest first. A reader
// looks at the newest pair not above its version. Old pairs go once nobody reads.
#include "replication/store/memory_store.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "dns/base/check.h"

namespace quartet::store {

namespace {

using Value = std::shared_ptr<const std::string>;

struct Version {
  uint64_t version;
  // nullptr: deleted.
  Value value;
};

using Cells = std::map<std::string, std::vector<Version>, std::less<>>;

Value ValueAt(const std::vector<Version>& versions, uint64_t version) {
  for (auto it = versions.rbegin(); it != versions.rend(); ++it) {
    if (it->version <= version) return it->value;
  }
  return nullptr;
}

}  // namespace

struct MemoryStore::State {
  // What a key was before an unsynced write; nullptr: not there.
  using Undo = std::vector<std::pair<std::string, Value>>;

  mutable std::mutex mutex;
  Cells cells;
  uint64_t version = 0;
  // Snapshots and iterators alive.
  size_t readers = 0;
  // Keys with more than their newest value.
  std::vector<std::string> aged;
  // One for each write since the last synced one.
  std::vector<Undo> unsynced;
  absl::Status failure;

  // Callers hold the mutex in all of these.
  Value Newest(absl::string_view key) const {
    const auto cell = cells.find(key);
    return cell == cells.end() ? nullptr : cell->second.back().value;
  }

  void Set(absl::string_view key, Value value, Undo& undo) {
    const std::string owned(key);
    undo.emplace_back(owned, Newest(owned));
    auto& versions = cells[owned];
    if (!versions.empty() || value == nullptr) aged.push_back(owned);
    versions.push_back({version, std::move(value)});
  }

  void DeleteRange(absl::string_view begin, absl::string_view end, Undo& undo) {
    for (auto cell = cells.lower_bound(begin); cell != cells.end() && cell->first < end; ++cell) {
      if (cell->second.back().value != nullptr) Set(cell->first, nullptr, undo);
    }
  }

  void Apply(const Batch::Operation& operation, Undo& undo) {
    switch (operation.kind) {
      case Batch::Operation::Kind::kPut:
        return Set(operation.key, std::make_shared<const std::string>(operation.value), undo);
      case Batch::Operation::Kind::kDelete:
        if (Newest(operation.key) != nullptr) Set(operation.key, nullptr, undo);
        return;
      case Batch::Operation::Kind::kDeleteRange:
        return DeleteRange(operation.key, operation.value, undo);
    }
  }

  // Drops what nobody can read any more.
  void Sweep() {
    if (readers > 0) return;
    for (const std::string& key : aged) {
      const auto cell = cells.find(key);
      if (cell == cells.end()) continue;
      auto& versions = cell->second;
      versions.erase(versions.begin(), versions.end() - 1);
      if (versions.back().value == nullptr) cells.erase(cell);
    }
    aged.clear();
  }
};

namespace {

// State is private to MemoryStore; these are handed its type.
template <typename State>
class Reading {
 public:
  Reading(State& state, uint64_t version) : state_(state), version_(version) { ++state_.readers; }
  ~Reading() {
    std::lock_guard lock(state_.mutex);
    --state_.readers;
    state_.Sweep();
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  State& state() const { return state_; }
  uint64_t version() const { return version_; }

 private:
  State& state_;
  const uint64_t version_;
};

template <typename State>
class MemoryIterator : public Iterator {
 public:
  // The caller holds the mutex.
  MemoryIterator(State& state, uint64_t version, absl::string_view begin, absl::string_view end)
      : reading_(state, version), end_(end), cell_(state.cells.lower_bound(begin)) {
    Settle();
  }

  bool Valid() const override { return value_ != nullptr; }
  void Next() override {
    QUARTET_CHECK(Valid());
    std::lock_guard lock(reading_.state().mutex);
    ++cell_;
    Settle();
  }
  absl::string_view key() const override {
    QUARTET_CHECK(Valid());
    return cell_->first;
  }
  absl::string_view value() const override {
    QUARTET_CHECK(Valid());
    return *value_;
  }
  absl::Status status() const override { return absl::OkStatus(); }

 private:
  void Settle() {
    value_ = nullptr;
    for (; cell_ != reading_.state().cells.end() && (end_.empty() || cell_->first < end_); ++cell_) {
      value_ = ValueAt(cell_->second, reading_.version());
      if (value_ != nullptr) return;
    }
  }

  // No cell goes away while it lives.
  Reading<State> reading_;
  const std::string end_;
  Cells::const_iterator cell_;
  // nullptr at the end.
  Value value_;
};

template <typename State>
class MemorySnapshot : public Reader {
 public:
  // The caller holds the mutex.
  explicit MemorySnapshot(State& state) : reading_(state, state.version) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    std::lock_guard lock(reading_.state().mutex);
    const auto cell = reading_.state().cells.find(key);
    if (cell == reading_.state().cells.end()) return std::nullopt;
    const Value value = ValueAt(cell->second, reading_.version());
    if (value == nullptr) return std::nullopt;
    return *value;
  }

  std::unique_ptr<Iterator> Scan(absl::string_view begin, absl::string_view end) const override {
    std::lock_guard lock(reading_.state().mutex);
    return std::make_unique<MemoryIterator<State>>(reading_.state(), reading_.version(), begin, end);
  }

 private:
  const Reading<State> reading_;
};

}  // namespace

MemoryStore::MemoryStore() : state_(std::make_unique<State>()) {}
MemoryStore::~MemoryStore() = default;

absl::Status MemoryStore::Write(const Batch& batch, Sync sync) {
  std::lock_guard lock(state_->mutex);
  if (!state_->failure.ok()) return state_->failure;
  ++state_->version;
  State::Undo undo;
  for (const auto& operation : batch.operations()) state_->Apply(operation, undo);
  state_->Sweep();
  if (sync == Sync::kYes) {
    state_->unsynced.clear();
  } else {
    state_->unsynced.push_back(std::move(undo));
  }
  return absl::OkStatus();
}

std::unique_ptr<Reader> MemoryStore::Snapshot() const {
  std::lock_guard lock(state_->mutex);
  return std::make_unique<MemorySnapshot<State>>(*state_);
}

absl::StatusOr<std::optional<std::string>> MemoryStore::Get(absl::string_view key) const {
  std::lock_guard lock(state_->mutex);
  const Value value = state_->Newest(key);
  if (value == nullptr) return std::nullopt;
  return *value;
}

std::unique_ptr<Iterator> MemoryStore::Scan(absl::string_view begin, absl::string_view end) const {
  std::lock_guard lock(state_->mutex);
  return std::make_unique<MemoryIterator<State>>(*state_, state_->version, begin, end);
}

std::unique_ptr<MemoryStore> MemoryStore::CopyOf(const Reader& from) {
  auto copy = std::make_unique<MemoryStore>();
  Batch batch;
  const std::unique_ptr<Iterator> walk = from.Scan("", "");
  for (; walk->Valid(); walk->Next()) batch.Put(walk->key(), walk->value());
  QUARTET_CHECK(walk->status().ok());
  QUARTET_CHECK(copy->Write(batch, Sync::kYes).ok());
  return copy;
}

size_t MemoryStore::Crash(size_t survivors) {
  std::lock_guard lock(state_->mutex);
  QUARTET_CHECK(state_->readers == 0);
  const size_t writes = state_->unsynced.size();
  State::Undo unused;
  while (state_->unsynced.size() > survivors) {
    const State::Undo undo = std::move(state_->unsynced.back());
    state_->unsynced.pop_back();
    ++state_->version;
    for (auto it = undo.rbegin(); it != undo.rend(); ++it) state_->Set(it->first, it->second, unused);
  }
  // What is left is on the disk.
  state_->unsynced.clear();
  state_->Sweep();
  return writes;
}

void MemoryStore::FailWrites(absl::Status status) {
  std::lock_guard lock(state_->mutex);
  state_->failure = std::move(status);
}

}  // namespace quartet::store
