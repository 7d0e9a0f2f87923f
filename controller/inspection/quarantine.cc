#include "controller/inspection/quarantine.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "replication/base/log.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

std::string Key(const std::string& zone_id) {
  return replication::layout::Meta(absl::StrCat("controller/quarantine/", zone_id));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Quarantine>> Quarantine::Open(store::Store& store, replication::Clock& clock) {
  std::unique_ptr<Quarantine> quarantine(new Quarantine(store, clock));
  const std::string prefix = Key("");
  std::unique_ptr<store::Iterator> it = store.Scan(prefix, store::PrefixEnd(prefix));
  for (; it->Valid(); it->Next()) {
    stored::v1::QuarantineRow row;
    const std::string zone_id(it->key().substr(prefix.size()));
    // One that can't be read is a note all the same.
    if (!row.ParseFromString(std::string(it->value())) || row.reason().empty())
      row.set_reason("its note can't be read");
    row.set_zone_id(zone_id);
    LogError("zone {} is quarantined: {}", zone_id, row.reason());
    quarantine->rows_.emplace(zone_id, std::move(row));
  }
  if (!it->status().ok()) return it->status();
  return quarantine;
}

void Quarantine::Write(const store::Batch& batch) {
  const absl::Status written = store_.Write(batch, store::Store::Sync::kYes);
  if (!written.ok()) LogError("a note of quarantine can't be stored: {}", std::string(written.message()));
}

void Quarantine::Put(const std::string& zone_id, uint64_t generation, uint64_t revision,
                     const std::string& reason) {
  const std::lock_guard<std::mutex> writing(writing_);
  stored::v1::QuarantineRow row;
  row.set_zone_id(zone_id);
  row.set_generation(generation);
  row.set_revision(revision);
  row.set_time_us(clock_.WallMicros());
  row.set_reason(reason);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = rows_.find(zone_id);
    if (found != rows_.end() && found->second.generation() == generation) return;
    rows_[zone_id] = row;
  }
  LogError("zone {} is quarantined, nodes won't get it from here, and it takes no changes: {}", zone_id,
           reason);
  store::Batch batch;
  batch.Put(Key(zone_id), row.SerializeAsString());
  Write(batch);
}

void Quarantine::Lift(const std::string& zone_id, uint64_t generation) {
  const std::lock_guard<std::mutex> writing(writing_);
  if (Reason(zone_id).empty()) return;
  if (const absl::Status forgotten = before_lift_ ? before_lift_() : absl::OkStatus(); !forgotten.ok()) {
    LogWarning("zone {} stays in quarantine though it is what its digest says: {}", zone_id,
               std::string(forgotten.message()));
    return;
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    rows_.erase(zone_id);
  }
  LogInfo("zone {} (generation {}) is what its digest says again: its quarantine has ended", zone_id,
          generation);
  store::Batch batch;
  batch.Delete(Key(zone_id));
  Write(batch);
}

std::string Quarantine::Reason(const std::string& zone_id) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = rows_.find(zone_id);
  return found == rows_.end() ? "" : found->second.reason();
}

absl::Status Quarantine::Check(const std::string& zone_id, const std::string& name) const {
  const std::string reason = Reason(zone_id);
  if (reason.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("zone ", name, " is quarantined: this controller's copy is damaged (", reason,
                   "). Its nameservers go on answering from theirs. What to do: `quartet verify ", name,
                   " --repair` takes it from one of them that was verified"));
}

std::vector<stored::v1::QuarantineRow> Quarantine::rows() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<stored::v1::QuarantineRow> rows;
  for (const auto& [id, row] : rows_) rows.push_back(row);
  return rows;
}

size_t Quarantine::size() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return rows_.size();
}

}  // namespace quartet::controller
