// What an entry does to the record sets of a zone on a node.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/digest/digest.h"
#include "replication/replica/served_record.h"
#include "replication/store/store.h"

namespace quartet::replication {

// What a zone's served parts add up to.
struct ServedTotals {
  Digest digest;
  uint64_t record_sets = 0;
};

// A delta's record sets on those of a zone or stage: first looked at, then written, so that nothing of one that does not
// fit is ever written.
class ServedChange {
 public:
  struct Place {
    absl::string_view zone_id;
    uint64_t generation;
  };
  // Reads what is there, and hashes that and what is put; without a reader nothing is there. DATA_LOSS: what is stored
  // contradicts `before`; else what the store says. Keeps views of `delta`.
  static absl::StatusOr<ServedChange> Of(const store::Reader* reader, const Place& place,
                                         const ServedTotals& before,
                                         const quartet::replication::v1::ZoneDelta& delta,
                                         const Hasher& hasher);

  // After it.
  const ServedTotals& totals() const { return totals_; }
  void WriteTo(store::Overlay& out) const;

 private:
  struct Write {
    std::string store_key;
    // Null: deleted.
    const std::string* served;
  };
  ServedTotals totals_;
  std::vector<Write> writes_;
};

// Their keys ascend, and count and digest are those of `row`.
bool AreAsTheRowSays(const std::vector<ServedRecordView>& records, const stored::v1::NodeZoneRow& row,
                     const Hasher& hasher);

// Puts record sets under a generation that nothing is stored under, and that nobody reads in `out`.
void PutGeneration(store::Overlay& out, absl::string_view zone_id, uint64_t generation,
                   const std::vector<ServedRecordView>& records);

}  // namespace quartet::replication
