// A Store in memory that forgets like a disk does.
#pragma once

#include <cstdint>
#include <memory>

#include "replication/store/store.h"

namespace quartet::store {

// Thread-safe, but for Crash.
class MemoryStore : public Store {
 public:
  MemoryStore();
  ~MemoryStore() override;

  absl::Status Write(const Batch& batch, Sync sync) override;
  std::unique_ptr<Reader> Snapshot() const override;
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  std::unique_ptr<Iterator> Scan(absl::string_view begin, absl::string_view end) const override;

  // Holds all that `from` does, and nothing that a crash could take.
  static std::unique_ptr<MemoryStore> CopyOf(const Reader& from);

  // Power fails: of the writes since the last synced one, the first `survivors` are kept, the others are
  // gone. Returns how many there were. Nobody may hold a snapshot or iterator across it.
  size_t Crash(size_t survivors);
  // From now on writes fail with `status` (OK: they work again).
  void FailWrites(absl::Status status);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quartet::store
