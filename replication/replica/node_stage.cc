#include "replication/replica/node_stage.h"

#include "absl/strings/str_cat.h"
#include "replication/replica/layout.h"

namespace quartet::replication {

absl::Status NodeStage::Add(store::Overlay& out, const quartet::replication::v1::SnapshotPart& part,
                            Hashers& hashers) {
  for (const quartet::replication::v1::ServedRecord& record : part.records()) {
    if (record.key() <= last_key_) {
      return absl::InvalidArgumentError(absl::StrCat("keys of the snapshot of ", zone_id_, " don't ascend"));
    }
    last_key_ = record.key();
    out.Put(layout::Record(zone_id_, generation_, record.key()), record.served());
    for (auto& [id, hasher] : hashers) digests_[id] += hasher.Hash(record.key(), record.served());
    ++record_sets_;
  }
  return absl::OkStatus();
}

absl::Status NodeStage::Verify(const stored::v1::NodeZoneRow& row) const {
  if (record_sets_ != row.record_sets()) {
    return absl::DataLossError(
        absl::StrCat("the snapshot has ", record_sets_, " record sets, its row says ", row.record_sets()));
  }
  auto found = digests_.find(row.digest_key_id());
  const Digest digest = found == digests_.end() ? Digest() : found->second;
  if (record_sets_ > 0 && found == digests_.end()) {
    return absl::DataLossError(
        absl::StrCat("the snapshot's digest has the unknown key ", row.digest_key_id()));
  }
  if (digest.ToBytes() == row.served_digest()) return absl::OkStatus();
  return absl::DataLossError("the snapshot's digest is not that of its row");
}

}  // namespace quartet::replication
