#include "replication/store/store.h"

#include <algorithm>

namespace quartet::store {

namespace {

// Blocks grow from the first size to the last, so that a batch of one change stays small.
constexpr size_t kFirstBlock = 512;
constexpr size_t kLastBlock = 64 << 10;

}  // namespace

Batch& Batch::operator=(const Batch& other) {
  if (this == &other) return *this;
  Clear();
  Append(other);
  return *this;
}

void Batch::Put(absl::string_view key, absl::string_view value) { Add(Operation::Kind::kPut, key, value); }

void Batch::Delete(absl::string_view key) { Add(Operation::Kind::kDelete, key, {}); }

void Batch::DeleteRange(absl::string_view begin, absl::string_view end) {
  Add(Operation::Kind::kDeleteRange, begin, end);
}

void Batch::Append(const Batch& other) {
  // By index and with the count taken first: a batch may be appended to itself.
  const size_t count = other.operations_.size();
  for (size_t i = 0; i < count; ++i) {
    const Operation operation = other.operations_[i];
    Add(operation.kind, operation.key, operation.value);
  }
}

void Batch::Clear() {
  operations_.clear();
  bytes_ = 0;
  blocks_.clear();
  free_bytes_ = 0;
}

void Batch::Add(Operation::Kind kind, absl::string_view key, absl::string_view value) {
  char* const at = Room(key.size() + value.size());
  key.copy(at, key.size());
  value.copy(at + key.size(), value.size());
  operations_.push_back({kind, {at, key.size()}, {at + key.size(), value.size()}});
  bytes_ += key.size() + value.size();
}

char* Batch::Room(size_t bytes) {
  if (bytes > free_bytes_) {
    const size_t grown = kFirstBlock << std::min<size_t>(blocks_.size(), 7);
    free_bytes_ = std::max(bytes, std::min(grown, kLastBlock));
    blocks_.emplace_back(new char[free_bytes_]);
    free_ = blocks_.back().get();
  }
  char* const at = free_;
  free_ += bytes;
  free_bytes_ -= bytes;
  return at;
}

absl::Status Store::Checkpoint(const std::string&) const {
  return absl::UnimplementedError("this store has no files to make a checkpoint of");
}

std::string PrefixEnd(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace quartet::store
