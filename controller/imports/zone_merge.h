// The zone that an import makes: its own record sets and those of the file, side by side in order of their keys.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/imports/imported_sets.h"
#include "controller/imports/merged_sets.h"
#include "replication/replica/generation_walk.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Not thread-safe. Memory: two record sets and the store's iterators.
class ZoneMerge : public MergedSets {
 public:
  struct Zone {
    // What the zone is read from; it and the sets must outlive the merge. Null: there is no zone yet.
    const store::Reader* reader = nullptr;
    std::string zone_id;
    uint64_t generation = 0;
    // Record sets that the file does not have go.
    bool replace = false;
  };

  ZoneMerge(const ImportedSets& sets, const Zone& zone);
  ~ZoneMerge() override;

  absl::StatusOr<bool> Next() override;
  const MergedSet& set() const override { return set_; }

 private:
  absl::Status AdvanceFile();

  ImportedSets::Reader file_;
  bool file_has_ = false;
  // Null: there is no zone yet.
  const std::unique_ptr<replication::GenerationWalk> live_;
  const bool replace_;
  const std::string file_control_;
  bool started_ = false;
  // What the last Next gave: it has to be gone past.
  bool past_file_ = false;
  bool past_live_ = false;
  MergedSet set_;
};

}  // namespace quartet::controller
