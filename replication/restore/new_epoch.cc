#include "replication/restore/new_epoch.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/entry/entry.h"
#include "replication/log/log_state.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"
#include "replication/restore/restore_row.h"

namespace quartet::replication {
namespace {

constexpr int kRandomBits = 24;

// Time of the last entry; 0 where the log holds none.
absl::StatusOr<int64_t> LastTime(const store::Reader& replica, const LogState& log) {
  if (log.head.index == log.base.index) return 0;
  const absl::StatusOr<std::optional<std::string>> bytes = replica.Get(LogEntryKey(log.head.index));
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value() || ChainOf(**bytes) != log.head.chain) {
    return absl::DataLossError("the log is damaged: its last entry is not its head");
  }
  const absl::StatusOr<stored::v1::EntryHeader> header = OpenHeader(**bytes);
  if (!header.ok()) return header.status();
  return header->time_us();
}

void EmptyLog(store::Batch& batch, uint64_t epoch) {
  batch.DeleteRange(LogEntryKey(0), store::PrefixEnd("l"));
  const std::string start = EncodePosition({epoch, 0, {}});
  batch.Put(kLogHeadKey, start);
  batch.Put(kLogBaseKey, start);
}

absl::Status MovePendingChanges(const store::Reader& replica, uint64_t epoch, store::Batch& batch) {
  const FullView view(replica);
  const absl::StatusOr<std::vector<FullView::PendingChange>> pending = view.PendingChanges();
  if (!pending.ok()) return pending.status();
  for (const FullView::PendingChange& one : *pending) {
    absl::StatusOr<std::optional<stored::v1::ChangeRow>> row = view.Change(one.change_id);
    if (!row.ok()) return row.status();
    if (!row->has_value()) {
      return absl::DataLossError(absl::StrCat("pending change ", one.change_id, " has no row"));
    }
    (*row)->set_epoch(epoch);
    (*row)->set_index(0);
    batch.Put(layout::Change(one.change_id), (*row)->SerializeAsString());
    batch.Delete(layout::Pending(one.index, one.change_id));
    batch.Put(layout::Pending(0, one.change_id), one.zone_id);
  }
  return absl::OkStatus();
}

}  // namespace

uint64_t EpochAfter(uint64_t old_epoch, uint64_t unix_seconds, uint32_t random) {
  return MakeEpoch(std::max(unix_seconds, (old_epoch >> kRandomBits) + 1), random);
}

absl::Status BeginEpoch(store::Store& replica, uint64_t epoch, stored::v1::RestoreRow restored) {
  const absl::StatusOr<std::optional<LogState>> log = ReadLogState(replica);
  if (!log.ok()) return log.status();
  if (!log->has_value()) return absl::DataLossError("the replica holds no log");
  const Position& head = (*log)->head;
  if (epoch <= head.epoch) {
    return absl::InvalidArgumentError(
        absl::StrCat("epoch ", epoch, " is not later than the log's, ", head.epoch));
  }
  const absl::StatusOr<int64_t> last_time = LastTime(replica, **log);
  if (!last_time.ok()) return last_time.status();
  // A restore of a restored controller that has appended nothing since.
  const absl::StatusOr<std::optional<stored::v1::RestoreRow>> before = ReadRestore(replica);
  if (!before.ok()) return before.status();

  store::Batch batch;
  EmptyLog(batch, epoch);
  if (absl::Status status = MovePendingChanges(replica, epoch, batch); !status.ok()) return status;
  restored.set_epoch(epoch);
  restored.set_old_epoch(head.epoch);
  restored.set_old_index(head.index);
  restored.set_old_chain(head.chain.data(), head.chain.size());
  restored.set_last_time_us(std::max(*last_time, before->has_value() ? (*before)->last_time_us() : 0));
  restored.clear_confirm_time_us();
  restored.clear_confirmed_by();
  PutRestore(restored, batch);
  return replica.Write(batch, store::Store::Sync::kYes);
}

}  // namespace quartet::replication
