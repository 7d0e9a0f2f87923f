#include "replication/replica/node_records.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

// Takes what is stored under `store_key` out of the totals.
absl::Status Subtract(const store::Reader& reader, const std::string& store_key, absl::string_view record_key,
                      Hasher& hasher, ServedTotals& totals) {
  absl::StatusOr<std::optional<std::string>> old = reader.Get(store_key);
  if (!old.ok()) return old.status();
  if (!old->has_value()) return absl::OkStatus();
  if (totals.record_sets == 0) return absl::DataLossError("more record sets are stored than its row counts");
  totals.digest -= hasher.Hash(record_key, **old);
  --totals.record_sets;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ServedTotals> ApplyServed(store::Overlay& out, absl::string_view zone_id, uint64_t generation,
                                         const ServedTotals& before,
                                         const quartet::replication::v1::ZoneDelta& delta, Hasher& hasher) {
  ServedTotals totals = before;
  for (const std::string& key : delta.removed_keys()) {
    const std::string store_key = layout::Record(zone_id, generation, key);
    if (absl::Status status = Subtract(out, store_key, key, hasher, totals); !status.ok()) return status;
    out.Delete(store_key);
  }
  for (const quartet::replication::v1::ServedRecord& put : delta.puts()) {
    const std::string store_key = layout::Record(zone_id, generation, put.key());
    if (absl::Status status = Subtract(out, store_key, put.key(), hasher, totals); !status.ok())
      return status;
    out.Put(store_key, put.served());
    totals.digest += hasher.Hash(put.key(), put.served());
    ++totals.record_sets;
  }
  return totals;
}

}  // namespace quartet::replication
