#include "replication/store/read_cache.h"

#include <utility>

#include "absl/container/flat_hash_map.h"

namespace quartet::store {

namespace {

// Of an entry besides the bytes of key and value: two strings in a table that is two thirds full.
constexpr size_t kEntryBytes = 128;

size_t BytesOf(absl::string_view key, const std::optional<std::string>& value) {
  return kEntryBytes + key.size() + (value.has_value() ? value->size() : 0);
}

}  // namespace

struct ReadCache::Values {
  absl::flat_hash_map<std::string, std::optional<std::string>> by_key;
  size_t bytes = 0;

  // Precondition: it is not there.
  void Add(absl::string_view key, std::optional<std::string>&& value) {
    bytes += BytesOf(key, value);
    by_key.emplace(std::string(key), std::move(value));
  }

  // Whether it was there.
  bool Erase(absl::string_view key) {
    const auto found = by_key.find(key);
    if (found == by_key.end()) return false;
    bytes -= BytesOf(key, found->second);
    by_key.erase(found);
    return true;
  }

  void EraseRange(absl::string_view begin, absl::string_view end) {
    for (auto it = by_key.begin(); it != by_key.end();) {
      const auto entry = it++;
      if (entry->first < begin || entry->first >= end) continue;
      bytes -= BytesOf(entry->first, entry->second);
      by_key.erase(entry);
    }
  }
};

ReadCache::ReadCache(const Reader& base, size_t max_bytes)
    : base_(base),
      max_bytes_(max_bytes),
      young_(std::make_unique<Values>()),
      old_(std::make_unique<Values>()) {}

ReadCache::~ReadCache() = default;

size_t ReadCache::bytes() const { return young_->bytes + old_->bytes; }

absl::StatusOr<std::optional<std::string>> ReadCache::Get(absl::string_view key) const {
  if (const auto found = young_->by_key.find(key); found != young_->by_key.end()) return found->second;
  if (const auto found = old_->by_key.find(key); found != old_->by_key.end()) {
    std::optional<std::string> value = found->second;
    old_->Erase(key);
    Remember(key, value);
    return value;
  }
  absl::StatusOr<std::optional<std::string>> value = base_.Get(key);
  if (value.ok()) Remember(key, *value);
  return value;
}

void ReadCache::Remember(absl::string_view key, std::optional<std::string> value) const {
  const size_t bytes = BytesOf(key, value);
  if (bytes > max_bytes_ / 2) return;
  if (young_->bytes + bytes > max_bytes_ / 2) old_ = std::exchange(young_, std::make_unique<Values>());
  young_->Add(key, std::move(value));
}

void ReadCache::Written(const Batch& batch) {
  for (const Batch::Operation& operation : batch.operations()) {
    if (operation.kind == Batch::Operation::Kind::kDeleteRange) {
      for (Values* values : {young_.get(), old_.get()}) values->EraseRange(operation.key, operation.value);
      continue;
    }
    // Only what was read before: most of what is written is never read here.
    if (!young_->Erase(operation.key) && !old_->Erase(operation.key)) continue;
    const bool put = operation.kind == Batch::Operation::Kind::kPut;
    Remember(operation.key, put ? std::optional<std::string>(operation.value) : std::nullopt);
  }
}

void ReadCache::Forget() {
  young_ = std::make_unique<Values>();
  old_ = std::make_unique<Values>();
}

}  // namespace quartet::store
