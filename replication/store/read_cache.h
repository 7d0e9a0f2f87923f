// Remembers what was read from a store, for a reader that learns of every write to it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "replication/store/store.h"

namespace quartet::store {

// A point read of RocksDB costs microseconds, more where its tables are large; one from here a fraction of one. Absent keys
// are remembered too; errors are not. Scans go to the base.
//
// Reads show what the base shows as long as each batch written to the base is told by Written before the next Get. (Keys
// that are never read through here need not be told.) What can't be told that way calls for Forget.
//
// Bounded: keys and values of at most about `max_bytes`, with what it takes to hold them; what was not read for long is
// dropped. Not thread-safe, const calls included.
class ReadCache : public Reader {
 public:
  // `base` must outlive it.
  ReadCache(const Reader& base, size_t max_bytes);
  ~ReadCache() override;

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  std::unique_ptr<Iterator> Scan(absl::string_view begin, absl::string_view end) const override {
    return base_.Scan(begin, end);
  }

  // The base shows `batch` from now on.
  void Written(const Batch& batch);
  // Nothing is remembered.
  void Forget();

  // Bytes that it takes, about.
  size_t bytes() const;

 private:
  struct Values;

  void Remember(absl::string_view key, std::optional<std::string> value) const;

  const Reader& base_;
  const size_t max_bytes_;
  // Two ages instead of a list in order of use: what is read goes to the young; when those take half of the bound, they become
  // the old, and the old are dropped. Invariant: no key is in both.
  mutable std::unique_ptr<Values> young_;
  mutable std::unique_ptr<Values> old_;
};

}  // namespace quartet::store
