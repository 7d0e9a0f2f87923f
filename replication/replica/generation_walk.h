// The record sets of one generation, both parts side by side, in order of their keys.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Sees the reader as of when it was made; views last until Next. Not thread-safe. Memory: the store's iterators.
class GenerationWalk {
 public:
  // `reader` must outlive it.
  GenerationWalk(const store::Reader& reader, const std::string& zone_id, uint64_t generation);

  bool has() const { return served_->Valid(); }
  // Precondition of these: has(), and Check() is OK.
  void Next();
  absl::string_view key() const { return served_->key().substr(prefix_bytes_); }
  absl::string_view served() const { return served_->value(); }
  absl::string_view control() const { return control_->value(); }

  // Whether the walk is sound so far: nothing is damaged, and each served part has its control part.
  absl::Status Check() const;

 private:
  size_t prefix_bytes_;
  std::unique_ptr<store::Iterator> served_;
  std::unique_ptr<store::Iterator> control_;
};

}  // namespace quartet::replication
