#include "replication/replica/zone_revision.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/name/name.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

using stored::v1::ZoneRow;

absl::Status MoveIndexes(store::Overlay& overlay, const std::optional<ZoneRow>& before,
                         const ZoneRow& after) {
  absl::StatusOr<std::set<std::string>> wanted = IndexKeys(after);
  if (!wanted.ok()) return wanted.status();
  std::set<std::string> present;
  if (before.has_value()) {
    absl::StatusOr<std::set<std::string>> keys = IndexKeys(*before);
    if (!keys.ok()) return keys.status();
    present = *std::move(keys);
  }
  for (const std::string& key : present) {
    if (!wanted->contains(key)) overlay.Delete(key);
  }
  for (const std::string& key : *wanted) {
    if (!present.contains(key)) overlay.Put(key, "");
  }
  return absl::OkStatus();
}

// The revision that the zone, which is not there, was purged at; 0: it never was there.
absl::StatusOr<uint64_t> PurgedAt(const store::Reader& reader, const std::string& zone_id) {
  absl::StatusOr<stored::v1::ZoneLocalRow> local = ReadLocalRow(reader, zone_id);
  if (!local.ok()) return local.status();
  return local->purged_revision();
}

absl::Status CheckTotals(const ZoneRow& row, const ZoneTotals& totals) {
  const ZoneTotals stated = TotalsOf(row);
  if (stated == totals) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("zone ", row.id(), " at revision ", row.revision(), ": digest ",
                                          totals.served.ToHex(), " over ", totals.record_sets,
                                          " record sets, but its entry says ", stated.served.ToHex(),
                                          " over ", stated.record_sets));
}

}  // namespace

// A deleted zone stays in the directory, so that its name and its set are remembered, and is assigned to nobody.
absl::StatusOr<std::set<std::string>> IndexKeys(const ZoneRow& row) {
  const std::string& wire = row.name();
  absl::StatusOr<dns::Name> apex =
      dns::Name::FromWire({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
  if (!apex.ok()) return absl::DataLossError(absl::StrCat("zone ", row.id(), " has a damaged name"));
  std::set<std::string> keys;
  if (!row.private_zone()) keys.insert(layout::Directory("", *apex, row.id()));
  for (const std::string& vpc : row.vpc_ids()) keys.insert(layout::Directory(vpc, *apex, row.id()));
  if (row.state() == stored::v1::ZONE_STATE_DELETED) {
    keys.insert(layout::Deleted(*apex, row.id()));
    return keys;
  }
  for (const stored::v1::Assignment& assignment : row.assignments()) {
    keys.insert(layout::Assignment(assignment.target(), row.id()));
  }
  return keys;
}

absl::StatusOr<std::optional<ZoneRow>> ZoneBefore(const store::Reader& reader, const ZoneRow& row,
                                                  uint64_t prev_revision) {
  if (row.id().size() != layout::kZoneIdBytes)
    return absl::DataLossError("an entry names a zone without an id");
  absl::StatusOr<std::optional<ZoneRow>> before = FullView(reader).Zone(row.id());
  if (!before.ok()) return before.status();
  absl::StatusOr<uint64_t> revision =
      (*before).has_value() ? (**before).revision() : PurgedAt(reader, row.id());
  if (!revision.ok()) return revision.status();
  if (*revision == prev_revision && (before->has_value() || prev_revision == 0)) return before;
  return absl::FailedPreconditionError(absl::StrCat("zone ", row.id(), " is at revision ", *revision,
                                                    ", but its entry follows ", prev_revision));
}

stored::v1::HistoryRow MakeHistory(const stored::v1::EntryHeader& header, const Position& position,
                                   const std::optional<ZoneRow>& before) {
  stored::v1::HistoryRow history;
  history.set_epoch(position.epoch);
  history.set_index(position.index);
  history.set_time_us(header.time_us());
  history.set_principal(header.principal());
  history.set_request_id(header.request_id());
  history.set_change_id(header.change_id());
  if (before.has_value()) *history.mutable_before() = *before;
  return history;
}

absl::Status WriteRevision(store::Overlay& overlay, const std::optional<ZoneRow>& before, const ZoneRow& row,
                           const ZoneTotals& totals, const stored::v1::HistoryRow& history,
                           stored::v1::ZoneLocalRow local) {
  if (absl::Status status = CheckTotals(row, totals); !status.ok()) return status;
  if (absl::Status status = MoveIndexes(overlay, before, row); !status.ok()) return status;
  overlay.Put(layout::Zone(row.id()), row.SerializeAsString());
  const std::string key = layout::History(row.id(), row.revision());
  const std::string bytes = history.SerializeAsString();
  overlay.Put(key, bytes);
  local.set_history_bytes(local.history_bytes() + key.size() + bytes.size() +
                          history.before_generation_bytes());
  overlay.Put(layout::ZoneLocal(row.id()), local.SerializeAsString());
  return absl::OkStatus();
}

absl::StatusOr<stored::v1::ZoneLocalRow> ReadLocalRow(const store::Reader& reader,
                                                      const std::string& zone_id) {
  absl::StatusOr<std::optional<std::string>> bytes = reader.Get(layout::ZoneLocal(zone_id));
  if (!bytes.ok()) return bytes.status();
  stored::v1::ZoneLocalRow local;
  if (!bytes->has_value() || local.ParseFromString(**bytes)) return local;
  return absl::DataLossError(absl::StrCat("the replica holds a damaged local row of zone ", zone_id));
}

uint64_t TakeGeneration(stored::v1::ZoneLocalRow& local) {
  // Replicas of an earlier version have not noted the one in use.
  const uint64_t next = std::max(local.generation(), local.last_generation()) + 1;
  local.set_last_generation(next);
  return next;
}

}  // namespace quartet::replication
