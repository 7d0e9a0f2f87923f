#include "replication/replica/zone_digester.h"

#include <utility>

namespace quartet::replication {

ZoneDigester::ZoneDigester(const store::Reader& reader, std::string prefix, Hasher& hasher)
    : prefix_(std::move(prefix)), hasher_(hasher), next_(reader.Scan(prefix_, store::PrefixEnd(prefix_))) {}

bool ZoneDigester::Step(size_t bytes) {
  const uint64_t end = bytes_read_ + bytes;
  for (; next_->Valid() && bytes_read_ < end; next_->Next()) {
    digest_ += hasher_.Hash(next_->key().substr(prefix_.size()), next_->value());
    ++record_sets_;
    bytes_read_ += next_->key().size() + next_->value().size();
  }
  return !next_->Valid();
}

}  // namespace quartet::replication
