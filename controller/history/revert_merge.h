// A zone as it is, and as a revert makes it.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "controller/history/past_merge.h"
#include "controller/history/zone_past.h"
#include "controller/imports/merged_sets.h"

namespace quartet::controller {

// SOA and apex NS are those it has now. Not thread-safe. Memory: PastMerge's.
class RevertMerge : public MergedSets {
 public:
  // From the past's latest revision to `revision`. The past must outlive it.
  static absl::StatusOr<std::unique_ptr<RevertMerge>> Of(const ZonePast& past, uint64_t revision);

  absl::StatusOr<bool> Next() override;
  const MergedSet& set() const override { return set_; }

 private:
  explicit RevertMerge(PastMerge merge) : merge_(std::move(merge)) {}

  PastMerge merge_;
  MergedSet set_;
};

}  // namespace quartet::controller
