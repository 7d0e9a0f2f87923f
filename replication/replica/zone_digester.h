// What the record sets of one zone add up to, read from a store a bounded step at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "replication/digest/digest.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Not thread-safe. Keeps references to the reader and the hasher.
class ZoneDigester {
 public:
  // All keys that begin with `prefix` (layout::Generation, layout::ControlGeneration).
  ZoneDigester(const store::Reader& reader, std::string prefix, Hasher& hasher);

  // Reads about `bytes` more. True: that was the last, or the rest can't be read (status()).
  bool Step(size_t bytes);

  // Once Step was true.
  absl::Status status() const { return next_->status(); }
  // Of what was read so far.
  const Digest& digest() const { return digest_; }
  uint64_t record_sets() const { return record_sets_; }
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  const std::string prefix_;
  Hasher& hasher_;
  std::unique_ptr<store::Iterator> next_;
  Digest digest_;
  uint64_t record_sets_ = 0;
  uint64_t bytes_read_ = 0;
};

}  // namespace quartet::replication
