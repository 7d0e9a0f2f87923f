// A Store whose inside can be taken out and replaced while others hold on to it: for a database that turned out to be damaged.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "replication/store/store.h"

namespace quartet::store {

// Thread-safe. While there is no inside (the last Replace failed), and while one waits to be closed, everything fails with
// UNAVAILABLE.
class ReplaceableStore : public Store {
 public:
  explicit ReplaceableStore(std::unique_ptr<Store> inside);
  ~ReplaceableStore() override;

  // Closes the inside, then calls `make` for another one. Waits, at most for `patience`, until no snapshot and no iterator of
  // the old one is left: UNAVAILABLE if some are, and then nothing has changed. Else errors are those of `make`, and the next
  // Replace tries again.
  using MakeFn = std::function<absl::StatusOr<std::unique_ptr<Store>>()>;
  absl::Status Replace(std::chrono::milliseconds patience, const MakeFn& make);

  absl::Status Write(const Batch& batch, Sync sync) override;
  std::unique_ptr<Reader> Snapshot() const override;
  absl::Status Checkpoint(const std::string& directory) const override;
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  std::unique_ptr<Iterator> Scan(absl::string_view begin, absl::string_view end) const override;

 private:
  class UsedReader;
  class UsedIterator;

  // The inside, kept open as long as it is held; nullptr: there is none now.
  std::shared_ptr<Store> Hold() const;

  mutable std::mutex mutex_;
  mutable std::condition_variable released_;
  std::shared_ptr<Store> inside_;
  // Handles given out and not yet returned.
  mutable int held_ = 0;
  bool replacing_ = false;
};

}  // namespace quartet::store
