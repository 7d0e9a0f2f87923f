// The zone that an import makes: its own record sets and those of the file, side by side in order of their keys.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/imports/imported_sets.h"
#include "replication/store/store.h"

namespace quartet::controller {

struct MergedSet {
  enum class What {
    // SOA or apex NS: the zone's own, whatever the file says.
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
  // Of one that is changed: as it is.
  absl::string_view served_before;
  absl::string_view control_before;
  // Where it stands in the file, if it is there.
  dns::Place place;

  bool in_file() const { return what == What::kSame || what == What::kChanged || what == What::kAdded; }
};

// Not thread-safe. Memory: two record sets and the store's iterators.
class ZoneMerge {
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
  ~ZoneMerge();

  // False: that was all.
  absl::StatusOr<bool> Next();
  // Its views last until Next.
  const MergedSet& set() const { return set_; }

 private:
  class Live;
  absl::Status AdvanceFile();

  ImportedSets::Reader file_;
  bool file_has_ = false;
  const std::unique_ptr<Live> live_;
  const bool replace_;
  const std::string file_control_;
  bool started_ = false;
  // What the last Next gave: it has to be gone past.
  bool past_file_ = false;
  bool past_live_ = false;
  MergedSet set_;
};

}  // namespace quartet::controller
