#include "replication/store/store.h"

namespace quartet::store {

void Batch::Put(absl::string_view key, absl::string_view value) {
  operations_.push_back({Operation::Kind::kPut, std::string(key), std::string(value)});
  bytes_ += key.size() + value.size();
}

void Batch::Delete(absl::string_view key) {
  operations_.push_back({Operation::Kind::kDelete, std::string(key), std::string()});
  bytes_ += key.size();
}

void Batch::DeleteRange(absl::string_view begin, absl::string_view end) {
  operations_.push_back({Operation::Kind::kDeleteRange, std::string(begin), std::string(end)});
  bytes_ += begin.size() + end.size();
}

void Batch::Append(const Batch& other) {
  // By index and with the count taken first: a batch may be appended to itself.
  const size_t count = other.operations_.size();
  const size_t bytes = other.bytes_;
  for (size_t i = 0; i < count; ++i) operations_.push_back(other.operations_[i]);
  bytes_ += bytes;
}

void Batch::Clear() {
  operations_.clear();
  bytes_ = 0;
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
