#include "replication/replica/node_records.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

using quartet::replication::v1::ServedRecord;
using quartet::replication::v1::ZoneDelta;

// What a delta leaves at one key.
struct Outcome {
  absl::string_view key;
  // Null: nothing.
  const ServedRecord* put;
};

// One for each key, in order of keys: of several the last counts, and puts come behind removals.
std::vector<Outcome> Outcomes(const ZoneDelta& delta) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(static_cast<size_t>(delta.removed_keys_size()) + static_cast<size_t>(delta.puts_size()));
  for (const std::string& key : delta.removed_keys()) outcomes.push_back({key, nullptr});
  for (const ServedRecord& put : delta.puts()) outcomes.push_back({put.key(), &put});
  std::stable_sort(outcomes.begin(), outcomes.end(),
                   [](const Outcome& a, const Outcome& b) { return a.key < b.key; });
  size_t kept = 0;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    if (i + 1 < outcomes.size() && outcomes[i + 1].key == outcomes[i].key) continue;
    outcomes[kept++] = outcomes[i];
  }
  outcomes.resize(kept);
  return outcomes;
}

// Takes what is stored under `store_key` out of the totals.
absl::Status Subtract(const store::Reader& reader, const std::string& store_key, absl::string_view record_key,
                      const Hasher& hasher, ServedTotals& totals) {
  absl::StatusOr<std::optional<std::string>> old = reader.Get(store_key);
  if (!old.ok()) return old.status();
  if (!old->has_value()) return absl::OkStatus();
  if (totals.record_sets == 0) return absl::DataLossError("more record sets are stored than its row counts");
  totals.digest -= hasher.Hash(record_key, **old);
  --totals.record_sets;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ServedChange> ServedChange::Of(const store::Reader* reader, const Place& place,
                                              const ServedTotals& before, const ZoneDelta& delta,
                                              const Hasher& hasher) {
  ServedChange change;
  change.totals_ = before;
  for (const Outcome& outcome : Outcomes(delta)) {
    std::string store_key = layout::Record(place.zone_id, place.generation, outcome.key);
    if (reader != nullptr) {
      absl::Status taken = Subtract(*reader, store_key, outcome.key, hasher, change.totals_);
      if (!taken.ok()) return taken;
    }
    if (outcome.put != nullptr) {
      change.totals_.digest += hasher.Hash(outcome.key, outcome.put->served());
      ++change.totals_.record_sets;
    }
    change.writes_.push_back(
        {std::move(store_key), outcome.put == nullptr ? nullptr : &outcome.put->served()});
  }
  return change;
}

void ServedChange::WriteTo(store::Overlay& out) const {
  for (const Write& write : writes_) {
    if (write.served == nullptr) {
      out.Delete(write.store_key);
    } else {
      out.Put(write.store_key, *write.served);
    }
  }
}

bool AreAsTheRowSays(const std::vector<ServedRecordView>& records, const stored::v1::NodeZoneRow& row,
                     const Hasher& hasher) {
  if (records.size() != row.record_sets()) return false;
  Digest digest;
  absl::string_view before;
  for (const ServedRecordView& record : records) {
    if (record.key <= before) return false;
    before = record.key;
    digest += hasher.Hash(record.key, record.served);
  }
  return digest.ToBytes() == row.served_digest();
}

void PutGeneration(store::Overlay& out, absl::string_view zone_id, uint64_t generation,
                   const std::vector<ServedRecordView>& records) {
  std::string key = layout::Generation(zone_id, generation);
  for (const ServedRecordView& record : records) {
    key.resize(layout::kGenerationBytes);
    key.append(record.key.data(), record.key.size());
    out.PutUnread(key, record.served);
  }
}

}  // namespace quartet::replication
