// The zone that an import or a revert makes, beside the zone there is, record set by record set.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dns/zonefile/fault.h"

namespace quartet::controller {

struct MergedSet {
  enum class What {
    // SOA or apex NS: the zone's own, whatever is to be made of the rest.
    kOwn,
    // Only in the zone, and it stays.
    kKept,
    // Only in the zone, and it goes.
    kRemoved,
    // In both, and the same; in who maintains it too, if the file tells.
    kSame,
    kChanged,
    kAdded,
  };
  What what = What::kOwn;
  absl::string_view key;
  // As they will be; of one that is removed, as they are.
  absl::string_view served;
  absl::string_view control;
  // Of one that an import changes: as it is.
  absl::string_view served_before;
  absl::string_view control_before;
  // Where it stands in the file, if it is from one.
  dns::Place place;

  bool in_file() const { return what == What::kSame || what == What::kChanged || what == What::kAdded; }
};

// In order of their keys. Not thread-safe.
class MergedSets {
 public:
  virtual ~MergedSets() = default;
  // False: that was all.
  virtual absl::StatusOr<bool> Next() = 0;
  // Its views last until Next.
  virtual const MergedSet& set() const = 0;
};

}  // namespace quartet::controller
