#include "replication/replica/node_snapshot_rules.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

// The record sets under `live`, and those of them whose keys aren't under `staged`.
struct Removal {
  uint64_t of = 0;
  uint64_t removed = 0;
};

absl::StatusOr<Removal> CountRemoved(const store::Reader& reader, const std::string& live,
                                     const std::string& staged) {
  Removal count;
  std::unique_ptr<store::Iterator> now = reader.Scan(live, store::PrefixEnd(live));
  std::unique_ptr<store::Iterator> after = reader.Scan(staged, store::PrefixEnd(staged));
  for (; now->Valid(); now->Next()) {
    const absl::string_view key = now->key().substr(live.size());
    while (after->Valid() && after->key().substr(staged.size()) < key) after->Next();
    ++count.of;
    if (!after->Valid() || after->key().substr(staged.size()) != key) ++count.removed;
  }
  if (!now->status().ok()) return now->status();
  if (!after->status().ok()) return after->status();
  return count;
}

}  // namespace

absl::StatusOr<Replacement> JudgeReplacement(const NodeZone& zone, const stored::v1::NodeZoneRow& snapshot,
                                             uint64_t epoch) {
  if (zone.generation == 0 || epoch > zone.epoch) return Replacement::kUpdate;
  const uint64_t revision = zone.row.revision();
  if (snapshot.revision() < revision) {
    return absl::FailedPreconditionError(absl::StrCat("the controller has revision ", snapshot.revision(),
                                                      ", older than ", revision, " here"));
  }
  if (snapshot.revision() > revision || zone.unloadable) return Replacement::kUpdate;
  const bool same = snapshot.served_digest() == zone.row.served_digest() &&
                    snapshot.digest_key_id() == zone.row.digest_key_id();
  return same ? Replacement::kSame : Replacement::kRepair;
}

absl::Status CheckRemoved(const store::Reader& reader, const NodeZone& zone, uint64_t staged,
                          const stored::v1::NodeZoneRow& snapshot) {
  absl::StatusOr<Removal> count = CountRemoved(reader, layout::Generation(zone.row.id(), zone.generation),
                                               layout::Generation(zone.row.id(), staged));
  const uint64_t by_row = zone.row.record_sets() - std::min(zone.row.record_sets(), snapshot.record_sets());
  const Removal removal = count.ok() ? *count : Removal{zone.row.record_sets(), by_row};
  if (removal.removed * 10 <= removal.of * 3) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("repair of revision ", zone.row.revision(),
                                                   " would remove ", removal.removed, " of ", removal.of,
                                                   " record sets"));
}

}  // namespace quartet::replication
