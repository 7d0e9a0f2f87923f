// A zone's snapshot while it comes: put under a generation of its own beside the live zone, and counted.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/digest/digest.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Hashers by the id of their digest key.
using Hashers = std::map<uint32_t, Hasher>;

class NodeStage {
 public:
  NodeStage(std::string zone_id, uint64_t generation)
      : zone_id_(std::move(zone_id)), generation_(generation) {}

  const std::string& zone_id() const { return zone_id_; }
  uint64_t generation() const { return generation_; }
  uint64_t record_sets() const { return record_sets_; }

  // Puts the record sets of the next part. INVALID_ARGUMENT: their keys don't ascend over all parts; nothing
  // more of it is to be used then.
  absl::Status Add(store::Overlay& out, const quartet::replication::v1::SnapshotPart& part, Hashers& hashers);

  // What was put is what `row` describes. DATA_LOSS says in what it differs.
  absl::Status Verify(const stored::v1::NodeZoneRow& row) const;

 private:
  std::string zone_id_;
  uint64_t generation_;
  uint64_t record_sets_ = 0;
  // Keys ascend, so that none is counted twice.
  std::string last_key_;
  // One per key: which was used is known with the last part.
  std::map<uint32_t, Digest> digests_;
};

}  // namespace quartet::replication
