// A machine's disk: a store in memory that forgets, fails, rots, and (for mutations) is written wrongly.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "replication/store/memory_store.h"
#include "tests/simulation/mutation.h"

namespace quartet::simulation {

class SimDisk : public store::Store {
 public:
  enum class Of { kNode, kController };
  SimDisk(Of of, Mutation mutation);

  absl::Status Write(const store::Batch& batch, Sync sync) override;
  std::unique_ptr<store::Reader> Snapshot() const override { return store_->Snapshot(); }
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    return store_->Get(key);
  }
  std::unique_ptr<store::Iterator> Scan(absl::string_view begin, absl::string_view end) const override {
    return store_->Scan(begin, end);
  }

  // Power fails: some of what was not synced survives, the first `survivors` writes.
  void Crash(size_t survivors);
  // Another disk with what `store` holds; an empty one.
  void Replace(std::unique_ptr<store::MemoryStore> store);
  void Empty() { Replace(std::make_unique<store::MemoryStore>()); }
  // How many disks there were before this one.
  uint64_t life() const { return life_; }

  void SetFull(bool full);
  bool full() const { return full_; }
  // The next write is done and reported to have failed.
  void LoseNextResult() { lose_result_ = true; }
  // A bit of the first record set of a zone's live generation turns over. False: it has none.
  bool Rot(const std::string& zone_id);

 private:
  absl::Status WriteWrongly(const store::Batch& batch, Sync sync);

  const Of of_;
  const Mutation mutation_;
  std::unique_ptr<store::MemoryStore> store_;
  uint64_t life_ = 0;
  bool full_ = false;
  bool lose_result_ = false;
};

}  // namespace quartet::simulation
